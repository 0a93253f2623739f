// Reads XML as strictly as reports need it: elements, attributes and text, with the five named entities and references to
// characters. Throws for what is not well-formed, so that a report that a real parser would refuse is refused here.

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

const TOKEN = /<\?xml [^?]*\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y
const ATTRIBUTE = /([A-Za-z][\w.-]*)="([^"]*)"/g

export function readXml(source: string): XmlElement {
  const bad = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(source)
  if (bad !== null) throw new Error(`a character that XML cannot hold, at ${bad.index}`)
  const root = open('', {})
  const stack = [root]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(source)
    if (token === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 40)}`)
    const [, close, name, attributes = '', empty, text] = token
    const top = stack.at(-1)
    if (top === undefined) throw new Error('something behind the root')
    if (text !== undefined) top.text += decode(text)
    else if (name === undefined) continue
    else if (close === '/') {
      if (stack.pop()?.name !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      const element = open(name, readAttributes(attributes))
      top.children.push(element)
      if (empty !== '/') stack.push(element)
    }
  }
  const [document, ...others] = root.children
  if (stack.length !== 1 || document === undefined || others.length > 0) throw new Error('not one closed root')
  return document
}

function open(name: string, attributes: Record<string, string>) {
  return { name, attributes, children: [] as XmlElement[], text: '' }
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(ATTRIBUTE)) {
    if (name in attributes) throw new Error(`${name} is there twice`)
    attributes[name] = decode(value)
  }
  return attributes
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+);|(\w+);|)/g, (whole, code?: string, name?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number(code))
    const char = name === undefined ? undefined : NAMED[name]
    if (char === undefined) throw new Error(`"${whole}" stands for nothing`)
    return char
  })
}
