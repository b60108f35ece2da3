import { firmOf } from './session'
import { readTyped } from '@/words/firms'

/** Where one can go, and how. */
export const TABS = [
  { path: '/pages/home', label: '首页' },
  { path: '/pages/search', label: '查政策' },
  { path: '/pages/check', label: '自测' },
  { path: '/pages/inbox', label: '消息' },
  { path: '/pages/mine', label: '我的' },
]

// #ifndef H5
const HANDED = 'asked'

/** What a main section was asked on the way to it; told once. */
export function handedOver(): Record<string, string> | undefined {
  const query = uni.getStorageSync(HANDED) as string
  if (!query) return undefined
  uni.removeStorageSync(HANDED)
  return Object.fromEntries(query.split('&').map((pair) => pair.split('=') as [string, string]))
}
// #endif

/** Opens a screen; on the web every step is an entry of the browser's history. */
export function goTo(url: string) {
  // #ifndef H5
  const [path, query] = url.split('?')
  if (TABS.some((tab) => tab.path === path)) {
    // A main section takes nothing in its address in WeChat: it is handed over beside it.
    if (query) uni.setStorageSync(HANDED, query)
    uni.switchTab({ url: path })
    return
  }
  // #endif
  uni.navigateTo({ url })
}

// #ifdef H5
/**
 * An address typed or pasted into an open window is no step of the router's: where it asks something else of the screen
 * that stands there already, uni-app would keep showing the old. Without network what stands there is better than nothing.
 */
export function watchAddress() {
  window.addEventListener('popstate', ({ state }) => {
    const [shown] = getCurrentPages().slice(-1)
    if (!state && navigator.onLine && location.hash.slice(1).split('?')[0] === `/${shown?.route}`) location.reload()
  })
}
// #endif

/** One step back, or home when this screen was the first. */
export function goBack() {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: '/pages/home' })
}

/** After signing in: the screen one came from, opened anew for whom one now is; else one's own. */
export function leaveSignIn() {
  const [earlier] = getCurrentPages().slice(-2, -1) as { $page?: { fullPath: string } }[]
  const came = earlier?.$page?.fullPath
  if (came && !came.startsWith('/pages/home') && firmOf()) uni.reLaunch({ url: came })
  else goTo('/pages/mine')
}

/** The address of a screen with what it is asked. */
export function address(path: string, asked: Record<string, string | undefined> = {}): string {
  const pairs = Object.entries(asked).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
  return pairs.length ? `${path}?${pairs.join('&')}` : path
}

export const policyAddress = (slug: string, anchor?: string) => address('/pages/policy', { slug, anchor })

/** Where a typed name or code of a firm leads staff: a whole code names one firm, anything else is looked for. */
export function firmAddress(typed: string): string {
  const { kind, text } = readTyped(typed)
  return kind === 'code' ? address('/charts/firm', { uscc: text }) : address('/pages/liaison', { name: text })
}

/** What a screen was asked in its address, decoded once on every target. */
export function asked(query: Record<string, string | undefined> | undefined, name: string): string {
  const told = query?.[name] ?? ''
  try { return decodeURIComponent(told) } catch { return told }
}
