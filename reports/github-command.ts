// One line of a log that GitHub Actions reads as an annotation: `::error file=…,line=…,col=…,title=…::…`, see
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

export interface AnnotationPlace {
  /** As the repository knows it. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

export function githubAnnotation(
  level: 'error' | 'warning',
  title: string,
  message: string,
  place: AnnotationPlace | undefined,
): string {
  return `::${level} ${[...whereOf(place), `title=${property(title)}`].join(',')}::${data(message)}`
}

function whereOf(place: AnnotationPlace | undefined): readonly string[] {
  if (place === undefined) return []
  const { file, line, column, endColumn } = place
  const end = endColumn === undefined ? [] : [`endColumn=${endColumn}`]
  return [`file=${property(file)}`, `line=${line}`, `col=${column}`, ...end]
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
