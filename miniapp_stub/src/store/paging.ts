import { shallowRef, watch, type ShallowRef } from 'vue'
import { doing } from './doing'
import type { Loading } from './loading'

interface Page<T> { items: T[], next_cursor: string | null }

/** A list that comes page by page: the first is loaded by `told`, each next one on a tap. */
export function paging<T>(told: Loading<Page<T>>, next: (cursor: string) => Promise<Page<T>>) {
  const items: ShallowRef<T[]> = shallowRef([])
  const cursor = shallowRef<string | null>(null)
  const act = doing()
  watch(told.data, (page) => {
    items.value = page?.items ?? []
    cursor.value = page?.next_cursor ?? null
  })

  const more = () => act.run(async () => {
    const first = told.data.value
    const page = await next(cursor.value!)
    if (told.data.value !== first) return // something else is looked at by now
    items.value = [...items.value, ...page.items]
    cursor.value = page.next_cursor
  })
  return { items, cursor, act, more }
}
