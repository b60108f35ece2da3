import { reactive } from 'vue'
import { forget, forgetAll, keep, kept } from './device'
import type { Caller, Me, SignedIn } from '@/api/shapes'

interface Session { accessToken: string, refreshToken: string, caller?: Caller }

const ANYWHERE = { areas: [], towns: [], department: '' }
const EMPTY: Session = { accessToken: '', refreshToken: '', caller: undefined }

/** Who is signed in on this device. */
export const session = reactive<Session>({ ...EMPTY, ...kept<Session>('session') })

/** Take in a sign-in. */
export function signedIn({ access_token, refresh_token, caller }: SignedIn) {
  Object.assign(session, { accessToken: access_token, refreshToken: refresh_token, caller: caller ?? session.caller })
  keep('session', session)
}

/** Forget the sign-in, and with it what was loaded: some of it was the firm's. */
export function signedOut() {
  Object.assign(session, EMPTY)
  forget('session')
  forgetAll('seen.')
}

/** The firm this person stands for; the first when there are several. */
export const firmOf = (who: Session = session) => (who.caller?.kind === 'person' ? who.caller.firms[0] ?? '' : '')

let running: Promise<boolean> | undefined

/** Whether a new access token came; calls made meanwhile share one renewal, for a used token is void. */
export function renewed(ask: (refreshToken: string) => Promise<SignedIn | undefined>): Promise<boolean> {
  if (!session.refreshToken) return Promise.resolve(false)
  running ??= oneWindow(() => renew(ask)).finally(() => { running = undefined })
  return running
}

async function renew(ask: (refreshToken: string) => Promise<SignedIn | undefined>): Promise<boolean> {
  // #ifdef H5
  // Another window may have renewed it meanwhile; a token used twice ends the whole sign-in.
  const stored = kept<Session>('session')
  if (stored && stored.refreshToken !== session.refreshToken) {
    Object.assign(session, EMPTY, stored)
    return true
  }
  // #endif
  const told = await ask(session.refreshToken)
  if (told) signedIn(told)
  else signedOut()
  return Boolean(told)
}

/** One window of the browser after the other; WeChat has but one. */
async function oneWindow(action: () => Promise<boolean>): Promise<boolean> {
  // #ifdef H5
  if (navigator.locks) return await navigator.locks.request('policymap.renewal', action)
  // #endif
  return action()
}

// #ifdef H5
/** Who signs in or out in one window has done so in all; what another person may not see goes from the screen. */
export function watchWindows() {
  window.addEventListener('storage', ({ key }) => {
    if (key !== null && key !== 'policymap.session') return
    const before = session.caller?.id
    Object.assign(session, EMPTY, kept<Session>('session'))
    if (session.caller?.id !== before) location.reload()
  })
}
// #endif

/** Take in who the server says this is, firms newly bound included. */
export function knownAs({ kind, id, firms = [], name = '', roles = [], scope = ANYWHERE }: Me) {
  session.caller = kind === 'person' ? { kind, id, firms } : { kind, id, name, roles, scope }
  keep('session', session)
}
