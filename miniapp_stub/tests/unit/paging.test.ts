import { describe, expect, it } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import type { Loading } from '@/store/loading'
import { paging } from '@/store/paging'

const page = (items: number[], next_cursor: string | null) => ({ items, next_cursor })
const shown = (first: ReturnType<typeof page>) => ({ data: shallowRef(first) }) as unknown as Loading<ReturnType<typeof page>>

describe('a list page by page', () => {
  it('adds the next page to the first, until there is none', async () => {
    const told = shown(page([], null))
    const asked: string[] = []
    const list = paging(told, async (at) => { asked.push(at); return page([3], null) })
    told.data.value = page([1, 2], 'b')
    await nextTick()
    expect([list.items.value, list.cursor.value]).toEqual([[1, 2], 'b'])
    await list.more()
    expect([list.items.value, list.cursor.value, asked]).toEqual([[1, 2, 3], null, ['b']])
  })

  it('drops a page that comes after another list is looked at', async () => {
    const told = shown(page([], null))
    let come: (late: ReturnType<typeof page>) => void = () => {}
    const list = paging(told, () => new Promise((done) => { come = done }))
    told.data.value = page([1], 'b')
    await nextTick()
    const more = list.more()
    told.data.value = page([9], null)
    await nextTick()
    come(page([2], 'c'))
    await more
    expect([list.items.value, list.cursor.value]).toEqual([[9], null])
  })
})
