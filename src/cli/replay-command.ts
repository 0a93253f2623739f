// The line that brings a run again, as it was typed and with the settings of its row.

import { quoted, replayLine } from '../replay-line.ts'
import type { MatrixRow } from '../scenario/language/matrix.ts'
import type { RunRequest } from './run-request.ts'

export { quoted }

/** Of a row, all its settings are there, so that the line says what it is about; its label, where only that names it. */
export function replayCommand(
  request: Pick<RunRequest, 'settings' | 'until'>,
  file: string,
  seed: number,
  row?: MatrixRow,
): string {
  const ofRow = row?.settings.map(({ path, text }) => `${path}=${text}`) ?? []
  return replayLine({
    file,
    seed,
    row: row?.included === true ? row.label : undefined,
    settings: [...request.settings, ...ofRow],
    until: request.until,
  })
}
