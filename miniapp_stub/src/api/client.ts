import type { paths } from './schema'
import { CallError } from './errors'
import { renewed, session } from '@/store/session'
import { heard } from '@/store/network'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** The addresses that know a method; one the API has dropped no longer compiles. */
type Address<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths]
type Door<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never
type Part<D, K extends string> = D extends { parameters: { [k in K]?: infer V } } ? V : never
type BodyOf<D> = D extends { requestBody: { content: { 'application/json': infer B } } } ? B : never

type JsonOf<R> = R extends { content: { 'application/json': infer A } } ? A : never
type AnswerOf<D> = D extends { responses: infer R } ? { [K in keyof R]: K extends 200 | 201 | 202 ? JsonOf<R[K]> : never }[keyof R] : never
/** What a door answers, as the document says. */
export type Answered<M extends Method, P extends Address<M>> = AnswerOf<Door<P, M>>

interface Sent<D> {
  path?: Part<D, 'path'>
  query?: Part<D, 'query'>
  body?: BodyOf<D>
  revision?: number
  /** How often a call that got no answer is tried again; only for calls that change nothing. */
  retries?: number
}
export type Answer = { statusCode: number, data: unknown, header: Record<string, string> }

const BASE = import.meta.env.VITE_API_BASE ?? ''
const TIMEOUT = 15_000
const PAUSE = 800

/** One call of the API, its answer typed by the document. Throws CallError. */
export async function send<M extends Method, P extends Address<M>>(method: M, address: P, sent: Sent<Door<P, M>> = {}): Promise<Answered<M, P>> {
  const url = BASE + filled(address as string, sent.path as Parts) + queryString(sent.query as Parts)
  const again = () => ask(method, url, sent.body, sent.revision)
  const answer = await admitted(() => retrying(again, sent.retries ?? (method === 'get' ? 2 : 0)))
  return answer.data as Answered<M, P>
}

/** An answer that is no refusal. A sign-in lasts minutes; it is renewed once, quietly, before anybody is asked to sign in again. */
export async function admitted(again: () => Promise<Answer>): Promise<Answer> {
  let answer = await again()
  if (answer.statusCode === 401 && (await renewed(renew))) answer = await again()
  if (answer.statusCode >= 400) throw refusal(answer)
  return answer
}

/** The full address of a call. */
export const addressOf = <P extends keyof paths>(address: P, path?: Part<Door<P, 'get' & keyof paths[P]> | Door<P, 'post' & keyof paths[P]>, 'path'>) =>
  BASE + filled(address as string, path as Parts)

/** What tells the server who asks. */
export const signature = (): Record<string, string> => (session.accessToken ? { Authorization: `Bearer ${session.accessToken}` } : {})

/** No answer came: why, as an error of ours. */
export function unanswered(errMsg: string): CallError {
  const slow = /timeout/i.test(errMsg)
  if (!slow) heard(false)
  return new CallError(0, slow ? 'timeout' : 'offline', errMsg)
}

/** A call that changes nothing. */
export const read = <P extends Address<'get'>>(address: P, sent?: Sent<Door<P, 'get'>>) => send('get', address, sent)

async function renew(refresh_token: string): Promise<Answered<'post', '/api/v1/sessions/refresh'> | undefined> {
  const answer = await ask('post', `${BASE}/api/v1/sessions/refresh`, { refresh_token }, undefined, false)
  if (answer.statusCode >= 500) throw refusal(answer)
  return answer.statusCode < 400 ? answer.data as Answered<'post', '/api/v1/sessions/refresh'> : undefined
}

async function retrying(again: () => Promise<Answer>, retries: number): Promise<Answer> {
  for (let tried = 0; ; tried++) {
    try {
      return await again()
    } catch (error) {
      if (tried >= retries) throw error
      await new Promise((done) => setTimeout(done, PAUSE * 2 ** tried))
    }
  }
}

function ask(method: Method, url: string, data: unknown, revision?: number, signed = true): Promise<Answer> {
  const header: Record<string, string> = { 'Content-Type': 'application/json', ...(signed && signature()) }
  if (revision !== undefined) header['If-Match'] = `"${revision}"`
  return new Promise((resolve, reject) => {
    uni.request({
      url,
      method: method.toUpperCase() as 'GET',
      // WeChat turns `data` of a GET into a query string of its own making.
      data: method === 'get' ? undefined : JSON.stringify(data ?? {}),
      header,
      timeout: TIMEOUT,
      success: (told) => { heard(true); resolve(told as Answer) },
      fail: ({ errMsg }) => reject(unanswered(errMsg)),
    })
  })
}

function refusal({ statusCode, data, header }: Answer): CallError {
  const { code = '', message = '', details = {} } = (data ?? {}) as { code?: string, message?: string, details?: Record<string, unknown> }
  const wait = Number(header['Retry-After'] ?? header['retry-after'] ?? 0)
  return new CallError(statusCode, code, message, details, Number.isFinite(wait) ? wait : 0)
}

type Parts = Record<string, string | number | boolean | string[] | null | undefined> | undefined

const filled = (address: string, parts: Parts) =>
  address.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts?.[name] ?? '')))

/** A query string; what is empty is left out, lists are repeated. */
export function queryString(parts: Parts): string {
  const pairs = Object.entries(parts ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined && one !== null && one !== '')
      .map((one) => `${name}=${encodeURIComponent(String(one))}`))
  return pairs.length ? `?${pairs.join('&')}` : ''
}
