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

  async function judge() {
    busy.value = true
    problem.value = ''
    try {
      judged.value = await assess([...answers.facts], slug() || undefined)
      question.value = given.value >= most ? undefined : nextQuestion(judged.value, answers.unknown)
    } catch (error) {
      problem.value = plainWords(error)
    } finally {
      busy.value = false
    }
  }

  async function answer(values: { value: Value, period?: string }[]) {
    const current = question.value
    if (!current || busy.value) return
    answered(current.fact, values)
    trail.push(current)
    given.value++
    await judge()
  }

  async function back() {
    takeBack()
    const earlier = trail.pop()
    given.value = Math.max(0, given.value - 1)
    if (earlier) question.value = earlier
    else await judge()
  }

  /** Count from one again; what was answered stays. */
  function begin() {
    trail.length = 0
    given.value = 0
  }

  async function restart() {
    clearAnswers()
    begin()
    await judge()
  }

  const number = computed(() => given.value + 1)
  const left = computed(() => Math.min(most - given.value, judged.value ? remainingQuestions(judged.value, answers.unknown) : 1))
  return { judged, question, busy, problem, number, left, judge, answer, back, begin, restart }
}
