// What a checkpoint says on the disks of a broker, read as it is there.

import { isDamaged, readOffsetCheckpointText } from '../../log/checkpoint-file.ts'
import type { CheckpointFile } from '../../trace/log-event.ts'
import type { ClusterView } from '../cluster-view.ts'

interface Read {
  readonly texts: readonly string[]
  /** By partition. */
  readonly offsets: ReadonlyMap<string, number>
  /** Number of the look that asked last. */
  look: number
}

export class NaiveCheckpoint {
  private readonly file: CheckpointFile
  /** By broker: the last reading, made anew when a text is another. */
  private readonly read = new Map<number, Read>()

  constructor(file: CheckpointFile) {
    this.file = file
  }

  /** −1 if it says nothing of the partition. In one look the files of a broker are read once. */
  of(view: ClusterView, broker: number, partition: string, look: number): number {
    let read = this.read.get(broker)
    if (read?.look !== look) {
      const texts = view.checkpoints?.(broker, this.file) ?? []
      if (read === undefined || read.texts.join('\0') !== texts.join('\0')) {
        read = { texts, offsets: new Map(texts.flatMap((text) => this.entries(text))), look }
        this.read.set(broker, read)
      }
      read.look = look
    }
    return read.offsets.get(partition) ?? -1
  }

  private entries(text: string): [string, number][] {
    const entries = readOffsetCheckpointText(this.file, text)
    if (isDamaged(entries)) return []
    return entries.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset])
  }
}
