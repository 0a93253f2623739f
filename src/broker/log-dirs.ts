// The log directories of a broker, as its config names them (`log.dirs`, else `log.dir`), and where they are on its machine.

/** Where the logs of a broker are that names no directories. */
const DEFAULT_DIR = 'data'

/** Paths on the machine's disks, in the order of the config. */
export function logDirPaths(logDirs: string | null): readonly string[] {
  const dirs = (logDirs ?? '')
    .split(',')
    .map((dir) => logDirPath(dir))
    .filter((dir) => dir !== '')
  return dirs.length === 0 ? [DEFAULT_DIR] : dirs
}

/** The one of the metadata log: as configured (`metadata.log.dir`), else the first. */
export function metadataDirPath(logDirs: string | null, metadataLogDir: string | null): string {
  return metadataLogDir === null ? (logDirPaths(logDirs)[0] ?? DEFAULT_DIR) : logDirPath(metadataLogDir)
}

/** Of one of them: a disk's paths begin at its root. */
export function logDirPath(dir: string): string {
  return dir.trim().replaceAll(/\/+/g, '/').replace(/^\//, '').replace(/\/$/, '')
}
