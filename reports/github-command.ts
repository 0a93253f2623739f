// One line of a log that GitHub Actions reads as an annotation: `::error file=…,line=…,col=…,title=…::…`, see
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions

export interface AnnotationPlace {
  /** As the repository knows it. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly column: number
}

export function githubAnnotation(
  level: 'error' | 'warning',
  title: string,
  message: string,
  place: AnnotationPlace | undefined,
): string {
  const where = place === undefined ? [] : [`file=${property(place.file)}`, `line=${place.line}`, `col=${place.column}`]
  return `::${level} ${[...where, `title=${property(title)}`].join(',')}::${data(message)}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
