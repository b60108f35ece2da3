/** The oldest base library this was made for; the same as `libVersion` in manifest.json. */
export const LEAST = '2.32.3'

/** Whether one version is at least another; both like 2.32.3. */
export function atLeast(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split('.').map(Number))
  const place = other.findIndex((part, i) => (one[i] || 0) !== part)
  return place < 0 || (one[place] || 0) > other[place]
}

/** Says plainly that this WeChat is too old, rather than failing later on something it does not know. */
export function checkClient() {
  const { SDKVersion = '' } = uni.getAppBaseInfo?.() ?? uni.getSystemInfoSync()
  if (SDKVersion && !atLeast(SDKVersion, LEAST))
    uni.showModal({ title: '微信版本太旧', content: '请先把微信更新到最新版本，否则部分内容不能正常显示。', showCancel: false, confirmText: '知道了' })
}
