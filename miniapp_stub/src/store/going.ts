/** Where one can go, and how. */
export const TABS = [
  { path: '/pages/home', label: '首页' },
  { path: '/pages/search', label: '查政策' },
  { path: '/pages/check', label: '自测' },
  { path: '/pages/inbox', label: '消息' },
  { path: '/pages/mine', label: '我的' },
]

/** Opens a screen; on the web every step is an entry of the browser's history. */
export function goTo(url: string) {
  // #ifndef H5
  if (TABS.some(({ path }) => path === url)) {
    uni.switchTab({ url })
    return
  }
  // #endif
  uni.navigateTo({ url })
}

/** One step back, or home when this screen was the first. */
export function goBack() {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: '/pages/home' })
}

/** The address of a screen with what it is asked. */
export function address(path: string, asked: Record<string, string | undefined> = {}): string {
  const pairs = Object.entries(asked).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
  return pairs.length ? `${path}?${pairs.join('&')}` : path
}

export const policyAddress = (slug: string, anchor?: string) => address('/pages/policy', { slug, anchor })

/** What a screen was asked in its address, decoded once on every target. */
export function asked(query: Record<string, string | undefined> | undefined, name: string): string {
  const told = query?.[name] ?? ''
  try { return decodeURIComponent(told) } catch { return told }
}
