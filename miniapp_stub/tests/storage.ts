/** The little of uni that plain logic touches: a memory that forgets with the process. */
const stored = new Map<string, unknown>()
const uni = {
  getStorageSync: (name: string) => stored.get(name) ?? '',
  setStorageSync: (name: string, value: unknown) => { stored.set(name, value) },
  removeStorageSync: (name: string) => { stored.delete(name) },
}
Object.assign(globalThis, { uni: { ...uni, ...(globalThis as { uni?: object }).uni } })
