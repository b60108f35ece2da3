/** What is kept on this device, by name; a device that refuses to keep (private mode, full) just forgets. */
const PREFIX = 'policymap.'

export function keep(name: string, value: unknown) {
  try { uni.setStorageSync(PREFIX + name, JSON.stringify(value)) } catch { /* the device forgets */ }
}

export function kept<T>(name: string): T | undefined {
  try {
    const text = uni.getStorageSync(PREFIX + name)
    return text ? (JSON.parse(text) as T) : undefined
  } catch { return undefined }
}

export function forget(name: string) {
  try { uni.removeStorageSync(PREFIX + name) } catch { /* nothing was kept */ }
}

/** Forget everything whose name starts so. */
export function forgetAll(start: string) {
  for (const key of uni.getStorageInfoSync().keys) if (key.startsWith(PREFIX + start)) uni.removeStorageSync(key)
}
