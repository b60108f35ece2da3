import { computed, ref, shallowRef } from 'vue'
import { assess } from '@/api/calls'
import { plainWords } from '@/api/errors'
import type { Judged, Question, Value } from '@/api/shapes'
import { answered, answers, clearAnswers, takeBack } from './answers'
import { nextQuestion, remainingQuestions } from '@/words/questions'

/** A walk through questions about one policy, or about all (`slug` empty), until `most` were answered or none is left. */
export function asking(slug: () => string, most = Infinity) {
  const judged = shallowRef<Judged>()
  const question = ref<Question>()
  const busy = ref(false)
  const problem = ref('')
  const given = ref(0)
  /** Questions answered in this walk, newest last: to go back without asking the server what it was. */
  const trail: Question[] = []

  async function judge(): Promise<boolean> {
    busy.value = true
    problem.value = ''
    try {
      judged.value = await assess([...answers.facts], slug() || undefined)
      return true
    } catch (error) {
      problem.value = plainWords(error)
      return false
    } finally {
      busy.value = false
    }
  }

  /** The next question; none when as many as wanted were answered. */
  function ask() {
    question.value = given.value < most && judged.value ? nextQuestion(judged.value, answers.unknown) : undefined
  }

  async function begin() {
    trail.length = 0
    given.value = 0
    if (await judge()) ask()
  }

  /** What the server refuses is not kept: the question stays, with the reason. */
  async function answer(values: { value: Value, period?: string }[]) {
    const current = question.value
    if (!current || busy.value) return
    answered(current.fact, values)
    if (!(await judge())) {
      takeBack()
      return
    }
    trail.push(current)
    given.value++
    ask()
  }

  function back() {
    const earlier = trail.pop()
    if (!earlier || busy.value) return
    problem.value = ''
    given.value--
    question.value = earlier
  }

  async function restart() {
    clearAnswers()
    await begin()
  }

  const number = computed(() => given.value + 1)
  const left = computed(() => Math.min(most - given.value, judged.value ? remainingQuestions(judged.value, answers.unknown) : 1))
  return { judged, question, busy, problem, number, left, begin, answer, back, restart }
}
