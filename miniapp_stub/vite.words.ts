import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import type { Plugin } from 'vite'

interface Word { label: string }
interface Fact { label: string, kind?: string, unit?: string, members?: string | Record<string, string> }

/** Where the words are kept: one place for the server and for this page. */
export const library = resolve(__dirname, '../policies')

/** Word lists and the fact registry come from the library itself: `{word: label}`, and the facts without their questions. */
export const words: Plugin = {
  name: 'words',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('.yaml')) return undefined
    this.addWatchFile(id)
    const told = parse(readFileSync(id, 'utf8'))
    const kept = told.words ? labels(told.words) : Object.fromEntries(Object.entries(told as Record<string, Fact>).map(brief))
    return `export default ${JSON.stringify(kept)}`
  },
}

const labels = (list: Record<string, Word>) => Object.fromEntries(Object.entries(list).map(([word, { label }]) => [word, label]))
const brief = ([name, { label, kind, unit, members }]: [string, Fact]) => [name, { label, kind: kind ?? 'number', unit, members }]
