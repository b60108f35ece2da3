import { expect, test, vi } from 'vitest'
import manifest from '../../src/manifest.json'
import { atLeast, checkClient, LEAST } from '@/store/client'

test('versions are compared by number, not by letter', () => {
  expect(atLeast('2.32.3', '2.32.3')).toBe(true)
  expect(atLeast('3.0.0', '2.32.3')).toBe(true)
  expect(atLeast('2.100.0', '2.32.3')).toBe(true)
  expect(atLeast('2.9.9', '2.32.3')).toBe(false)
  expect(atLeast('2.32', '2.32.3')).toBe(false)
})

test('a WeChat too old is said so at the start, one that is new enough is left in peace', () => {
  const showModal = vi.fn()
  const startOn = (SDKVersion: string) => {
    vi.stubGlobal('uni', { getAppBaseInfo: () => ({ SDKVersion }), showModal })
    checkClient()
  }
  startOn(LEAST)
  expect(showModal).not.toHaveBeenCalled()
  startOn('2.30.4')
  expect(showModal.mock.calls[0][0].title).toBe('微信版本太旧')
  vi.unstubAllGlobals()
})

test('the oldest base library is told in one way', () => {
  expect(manifest['mp-weixin'].libVersion).toBe(LEAST)
})
