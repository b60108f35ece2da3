import { expect, test } from 'vitest'
import { CallError, DeviceError, plainWords } from '@/api/errors'
import { queryString } from '@/api/client'

const said = (status: number, message = '', wait = 0) => plainWords(new CallError(status, '', message, {}, wait))

test('each way to fail is told in plain Chinese, with what to do', () => {
  expect(said(0)).toContain('网络')
  expect(plainWords(new CallError(0, 'timeout', ''))).toContain('太慢')
  expect(said(401)).toContain('重新登录')
  expect(said(401, '用户名或密码不正确。')).toBe('用户名或密码不正确。')
  expect(said(403, '您不在这个载体，不能代它传递。')).toBe('您不在这个载体，不能代它传递。')
  expect(said(403)).toContain('没有权限')
  expect(plainWords(new DeviceError('微信登录没有成功。'))).toBe('微信登录没有成功。')
  expect(said(409, '别人刚刚修改过，请刷新。')).toBe('别人刚刚修改过，请刷新。')
  expect(said(429, '', 30)).toBe('操作太频繁，请等30秒再试。')
  expect(said(503, '', 90)).toBe('系统正在整理数据，请等2分钟再试。')
  expect(plainWords(new CallError(503, 'not_ready', '尚未配置邮件服务。', {}, 3600))).toBe('尚未配置邮件服务。')
  expect(said(502)).toContain('稍后')
  expect(said(422, 'facts.0.value：须为整数。')).toBe('须为整数。')
})

test('nothing of the machine is shown', () => {
  expect(said(500, 'Traceback (most recent call last)')).not.toContain('Traceback')
  expect(plainWords(new TypeError('x is undefined'))).not.toContain('undefined')
})

test('what is empty is left out of an address, lists are repeated', () => {
  expect(queryString({ q: '高企', kind: ['policy', 'course'], area: undefined, cursor: null, sort: '' })).toBe('?q=%E9%AB%98%E4%BC%81&kind=policy&kind=course')
  expect(queryString({})).toBe('')
})
