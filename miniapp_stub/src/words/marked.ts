export interface Line { item: boolean, parts: { text: string, strong: boolean }[] }

/** The little of Markdown that a notice uses: paragraphs, list items, **stress**; the title is shown elsewhere. */
export function marked(text: string): Line[] {
  return text.split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const item = line.startsWith('- ')
      const parts = (item ? `· ${line.slice(2)}` : line).split('**').map((part, i) => ({ text: part, strong: i % 2 === 1 }))
      return { item, parts: parts.filter((part) => part.text) }
    })
}
