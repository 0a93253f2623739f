// The fenced blocks of a Markdown text: where they are, what they hold, and putting something else in their place. Blocks
// begin at the left margin with three backticks and a language; nothing else of Markdown is understood.

export interface FencedBlock {
  readonly language: string
  /** Between the fences; ends with a line feed unless it is empty. */
  readonly content: string
  /** 1-based, of the opening fence. */
  readonly line: number
}

const FENCE = /^```([^\n`]*)\n((?:(?!```).*\n)*)```$/gm

export function fencedBlocks(markdown: string): FencedBlock[] {
  return [...markdown.matchAll(FENCE)].map((match) => blockOf(markdown, match.index, match[1], match[2]))
}

/** `contentOf` gives the new content of each block, in order. */
export async function replaceBlocks(
  markdown: string,
  contentOf: (block: FencedBlock) => Promise<string>,
): Promise<string> {
  let replaced = ''
  let from = 0
  for (const match of markdown.matchAll(FENCE)) {
    const block = blockOf(markdown, match.index, match[1], match[2])
    const content = await contentOf(block)
    replaced += `${markdown.slice(from, match.index)}\`\`\`${block.language}\n${content}\`\`\``
    from = match.index + match[0].length
  }
  return replaced + markdown.slice(from)
}

function blockOf(markdown: string, index: number, language = '', content = ''): FencedBlock {
  return { language, content, line: markdown.slice(0, index).split('\n').length }
}
