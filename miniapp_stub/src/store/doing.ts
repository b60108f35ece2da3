import { reactive } from 'vue'
import { plainWords } from '@/api/errors'

/** One thing being done on a tap: whether it runs, and what came of it, in plain words. */
export function doing() {
  const state = reactive({ busy: false, problem: '', said: '' })

  /** Runs it once at a time; `said` is shown when it went well. True when it did. */
  async function run(action: () => Promise<unknown>, said = ''): Promise<boolean> {
    if (state.busy) return false
    Object.assign(state, { busy: true, problem: '', said: '' })
    try {
      await action()
      if (said) state.said = said
      return true
    } catch (error) {
      state.problem = plainWords(error)
      return false
    } finally {
      state.busy = false
    }
  }
  return { state, run }
}
