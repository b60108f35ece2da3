import { computed, onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { CallError, plainWords } from '@/api/errors'
import { keep, kept } from './device'

export interface Loading<T> {
  data: ShallowRef<T | undefined>
  /** What stands in the way, in plain words; empty when all is well. */
  problem: Ref<string>
  busy: Ref<boolean>
  /** When what is shown was loaded, if it is not of now. */
  old: Ref<string>
  status: Ref<number>
  load: () => Promise<void>
}

interface Stored<T> { at: string, data: T }

/**
 * Loads something for a screen. With `name`, what was loaded last stays on the device and is shown,
 * marked as old, while there is no network.
 */
export function loading<T>(ask: () => Promise<T>, name?: () => string, { atOnce = true } = {}): Loading<T> {
  const data = shallowRef<T>()
  const problem = ref('')
  const busy = ref(atOnce)
  const old = ref('')
  const status = ref(200)
  let newest = 0

  async function load() {
    const mine = ++newest
    busy.value = true
    problem.value = ''
    try {
      const got = await ask()
      if (mine !== newest) return // a later question has overtaken this one
      data.value = got
      old.value = ''
      status.value = 200
      if (name) keep(`seen.${name()}`, { at: new Date().toISOString(), data: got })
    } catch (error) {
      if (mine !== newest) return
      problem.value = plainWords(error)
      status.value = error instanceof CallError ? error.status : -1
      const stored = name && error instanceof CallError && error.offline ? kept<Stored<T>>(`seen.${name()}`) : undefined
      if (stored) {
        data.value = stored.data
        old.value = stored.at
      }
    } finally {
      if (mine === newest) busy.value = false
    }
  }

  if (atOnce) onMounted(load)
  return { data, problem, busy, old, status, load }
}

/** Several things one screen loads: what stands in the way of any, and another try of just those. */
export function together(...all: Loading<unknown>[]) {
  const failed = computed(() => all.filter(({ problem }) => problem.value))
  return {
    busy: computed(() => all.some(({ busy }) => busy.value)),
    problem: computed(() => failed.value[0]?.problem.value ?? ''),
    status: computed(() => failed.value[0]?.status.value ?? 200),
    load: () => { for (const one of failed.value) one.load() },
  }
}
