import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'

const client = createRequire(import.meta.url)('./client.cjs')
const server = inject('server')
const BUILT = resolve(__dirname, '../../dist/build/mp-weixin')

interface SignedIn { access_token: string }
async function api<T>(method: string, path: string, body?: object, token = ''): Promise<T> {
  const answer = await fetch(`${server}/api/v1${path}`, {
    method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
  })
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true)
  return answer.json() as Promise<T>
}
async function invitation(): Promise<string> {
  const [, password] = readFileSync(inject('accounts'), 'utf8').split('\n').map((line) => line.split(' ')).find(([name]) => name === 'demo-admin')!
  const { access_token } = await api<SignedIn>('POST', '/sessions', { kind: 'staff', name: 'demo-admin', password })
  const { items } = await api<{ items: { uscc: string }[] }>('GET', '/staff/companies?limit=1', undefined, access_token)
  return (await api<{ code: string }>('POST', '/staff/invitations', { uscc: items[0].uscc }, access_token)).code
}

beforeAll(() => {
  client.phone.server = server
  client.phone.code = `demo-walk-${Date.now()}` // a person nobody has met
  client.start()
})
beforeEach(client.forgetAll)

describe('the package', () => {
  const size = (folder: string): number => readdirSync(folder, { withFileTypes: true })
    .reduce((sum, entry) => sum + (entry.isDirectory() ? size(join(folder, entry.name)) : statSync(join(folder, entry.name)).size), 0)

  test('is small: the main package at most 700 KB, the charts beside it', () => {
    const charts = size(join(BUILT, 'charts'))
    expect((size(BUILT) - charts) / 1024).toBeLessThanOrEqual(700)
  })

  test('is made for base libraries from 2.32.3 on, with the privacy check', () => {
    expect(JSON.parse(readFileSync(join(BUILT, 'app.json'), 'utf8')).__usePrivacyCheck__).toBe(true)
    expect(JSON.parse(readFileSync(join(BUILT, 'project.config.json'), 'utf8')).libVersion).toBe('2.32.3')
  })
})

describe.skipIf(!server)('a founder with three minutes', () => {
  test('sees home after at most two requests, and nothing private was touched', async () => {
    const page = await client.open('/pages/home')
    await client.shows(page, '新近发布')
    await client.shows(page, '2026')
    expect(client.seen.requests.length).toBeLessThanOrEqual(2)
    expect(client.seen.privacy).toEqual([])
  })

  test('finds a policy by a short form', async () => {
    const page = await client.open('/pages/search?q=' + encodeURIComponent('高企'))
    await client.shows(page, '高新技术企业认定')
    expect(client.text(page)).toMatch(/全部 \d+/)
  })

  test('reads what a policy asks, and is told plainly that one has expired', async () => {
    const page = await client.open('/pages/policy?slug=gaoqi-rending')
    await client.shows(page, '谁可以')
    await client.shows(page, '官方原文')
    expect(client.seen.titles).toContain('高新技术企业认定')
    const old = await client.open('/pages/policy?slug=pudong-gaoqi-zizhu')
    await client.shows(old, '已经到期，不能再按它申请')
  })

  test('comes to the search from home with the words typed there', async () => {
    const home = await client.open('/pages/home')
    await client.type(home, 0, '张江')
    await client.tap(home, '查找')
    expect(client.seen.visits).toEqual(['/pages/search'])
    const page = await client.open('/pages/search')
    await client.shows(page, '张江')
    expect(client.seen.requests.filter((asked: string) => asked.endsWith('/search'))).toHaveLength(2) // home's own, and this one
    expect(client.stored.has('asked')).toBe(false)
  })

  test('types a code at home: a wrong one is told at once, a right one leads to questions, and neither is sent', async () => {
    const home = await client.open('/pages/home')
    await client.until(home, () => client.text(home).includes('2026'), '没有载入首页')
    client.forgetAll()
    await client.type(home, 0, '91310115MA1AY4CL21')
    await client.tap(home, '查找')
    await client.shows(home, '校验位不符')
    expect(client.seen.visits).toEqual([])
    await client.type(home, 0, '91310115MA1AY4CL20')
    await client.tap(home, '查找')
    expect(client.seen.visits).toEqual(['/pages/five?firm=91310115MA1AY4CL20'])
    const five = await client.open(client.seen.visits[0])
    await client.shows(five, '不查、也不显示任何企业的情况')
    await client.shows(five, '第 1 题')
    expect(client.seen.requests).toEqual(['POST /api/v1/assessments'])
    expect(client.seen.privacy).toEqual([])
  })

  test('is told when there is no such policy, and can try again', async () => {
    const page = await client.open('/pages/policy?slug=there-is-none')
    await client.shows(page, '没有找到')
    expect(client.saying(page, '再试一次')).toBeTruthy()
  })

  test('answers the self-check: yes, a number in 万元, don’t know, back; then sees the result', async () => {
    const page = await client.open('/pages/check')
    for (let asked = 0; asked < 30; asked++) {
      const number = `第 ${asked + 1} 题`
      await client.until(page, () => [number, '我的企业符合吗'].some((words) => client.text(page).includes(words)), `没有出现“${number}”`)
      if (client.text(page).includes('我的企业符合吗')) break
      if (asked === 2) {
        await client.tap(page, '上一题')
        await client.shows(page, '第 2 题')
        await client.tap(page, '不知道，先跳过')
        await client.shows(page, '第 3 题')
      }
      if (client.text(page).includes('该年销售收入')) {
        for (const which of [0, 1, 2]) await client.type(page, which, '1200.5')
        await client.shows(page, '即 1200.5万元')
        await client.tap(page, '下一题')
      } else await client.tap(page, client.saying(page, '是') ? '是' : '不知道，先跳过')
    }
    await client.shows(page, '我的企业符合吗')
    await client.tap(page, '已符合的 1 项展开')
    await client.shows(page, '境内注册的居民企业')
    const kept = JSON.parse(client.stored.get('policymap.answers'))
    expect(kept.facts).toContainEqual({ name: 'resident_enterprise', value: true })
    const revenue = kept.facts.filter(({ name }: { name: string }) => name === 'revenue')
    expect(revenue.map(({ value }: { value: number }) => value)).toEqual([12_005_000, 12_005_000, 12_005_000])
    expect(kept.unknown.length).toBeGreaterThan(3)

    await client.tap(page, '打印或保存报告')
    await expect.poll(() => client.seen.opened, { timeout: 15_000 }).toHaveLength(1)
    expect(readFileSync(client.seen.opened[0]).subarray(0, 5).toString()).toBe('%PDF-')
  })

  test('walks the map by touching a node', async () => {
    const page = await client.open('/charts/map')
    await client.shows(page, '看详细内容')
    await client.shows(page, '看详细内容')
    await client.sleep(300)
    expect(client.drawn.shapes).toBeGreaterThan(5)
    for (let y = 30; y < 430 && !client.seen.visits.length; y += 12)
      for (let x = 20; x < 310 && !client.seen.visits.length; x += 12) await client.touch(page, x, y)
    expect(client.seen.visits[0]).toMatch(/^\/charts\/map\?node=/)
  })

  test('keeps what was loaded when the network goes', async () => {
    await client.shows(await client.open('/pages/courses'), '示例课程')
    client.phone.online = false
    try {
      const page = await client.open('/pages/courses')
      await client.shows(page, '连不上网络')
      expect(client.text(page)).toContain('示例课程')
    } finally {
      client.phone.online = true
    }
  })
})

describe.skipIf(!server)('signing in', () => {
  test('without consent WeChat is never asked who this is', async () => {
    const page = await client.open('/pages/sign-in')
    await client.shows(page, '个人信息告知书')
    await client.tap(page, '微信登录')
    await client.sleep(200)
    expect(client.seen.privacy).toEqual([])
    expect(client.stored.has('policymap.session')).toBe(false)
    expect(client.saying(page, '不同意，继续浏览')).toBeTruthy()
  })

  test('when WeChat gives no sign-in it is said, and nothing is kept', async () => {
    const code = client.phone.code
    client.phone.code = ''
    try {
      const page = await client.open('/pages/sign-in')
      await client.tap(page, '我已阅读并同意上面的告知书')
      await client.tap(page, '微信登录')
      await client.shows(page, '微信登录没有成功')
      expect(client.stored.has('policymap.session')).toBe(false)
    } finally {
      client.phone.code = code
    }
  })

  test('with consent it is; then a firm is bound and its messages say why they came', async () => {
    const page = await client.open('/pages/sign-in')
    await client.shows(page, '个人信息告知书')
    await client.tap(page, '我已阅读并同意上面的告知书')
    await client.tap(page, '微信登录')
    await expect.poll(() => client.seen.visits, { timeout: 5000 }).toContain('/pages/mine')
    expect(client.seen.privacy).toEqual(['login'])
    expect(client.seen.requests).toContain('POST /api/v1/me/consents')

    const mine = await client.open('/pages/mine')
    await client.shows(mine, '还没有代表的企业')
    await client.type(mine, 0, await invitation())
    await client.tap(mine, '代表这家企业')
    await client.shows(mine, '企业画像')

    const answers = await client.open('/pages/answers')
    await client.shows(answers, '为准')
    const firm = await client.open('/charts/firm')
    await client.shows(firm, '主要指标与同行')
    const facts = await client.open('/pages/facts')
    await client.shows(facts, '现行资料')
  })

  test('no permit is asked for while there is nothing to send', async () => {
    const page = await client.open('/pages/settings')
    await client.shows(page, '现在没有要发的提醒，不用同意')
    expect(client.saying(page, '同意接收下一条')).toBeFalsy()
  })

  test('a permit is asked for on a tap, by the ids the server names', async () => {
    const policy = await client.open('/pages/policy?slug=gaoqi-rending')
    await client.tap(policy, '关注这项政策')
    await client.shows(policy, '已关注')
    const page = await client.open('/pages/settings')
    await client.shows(page, '微信提醒')
    expect(client.seen.permits).toEqual([])
    await client.tap(page, '同意接收下一条')
    await client.shows(page, '已登记')
    expect(client.seen.permits.sort()).toEqual(['stand-in-deadline', 'stand-in-policy'])
  })

  test('who refuses a permit, or has switched them off, goes on without', async () => {
    const page = await client.open('/pages/settings')
    await client.shows(page, '微信提醒')
    for (const [answer, said] of [['reject', '不会发微信提醒'], ['off', '关闭了订阅消息']]) {
      client.phone.answers = answer
      await client.tap(page, '同意接收下一条')
      await client.shows(page, said)
    }
    client.phone.answers = 'accept'
    // A refusal makes what was permitted before worthless: nothing is left, and nothing is claimed to be.
    await client.shows(await client.open('/pages/settings'), '政策提醒 0 条')
  })

  test('a seat is taken and given back, and somebody is asked for help with a date to answer by', async () => {
    const courses = await client.open('/pages/courses')
    await client.shows(courses, '可以报名的场次')
    await client.tap(courses, '报名')
    await client.tap(courses, '取消报名')
    await client.shows(courses, '已取消报名')

    const help = await client.open('/pages/help?called=' + encodeURIComponent('科技人员占比') + '&condition=' + encodeURIComponent('gaoqi-rending/tech-staff'))
    await client.shows(help, '关于：科技人员占比')
    const title = `科技人员怎样统计（${Date.now()}）`
    await client.type(help, 0, title)
    await client.write(help, 0, '有几位同事半年研发、半年生产，想请人看看怎样计算。')
    await client.tap(help, '提交')
    await client.shows(help, '已提交')
    const requests = await client.open('/pages/requests')
    await client.shows(requests, title)

    await client.tap(requests, title)
    const request = await client.open(client.seen.visits.at(-1))
    await client.shows(request, '还没有附件')
    client.phone.chosen = join(tmpdir(), 'policymap-walk.txt')
    writeFileSync(client.phone.chosen, '示例附件')
    expect(client.seen.privacy).toEqual([])
    await client.tap(request, '从聊天记录选文件')
    await client.shows(request, '已添加')
    await client.tap(request, 'policymap-walk.txt')
    await expect.poll(() => client.seen.opened, { timeout: 5000 }).toHaveLength(1)
    expect(readFileSync(client.seen.opened[0], 'utf8')).toBe('示例附件')
  })

  test('a firm says how far it has come with a policy, and which clause it did not understand', async () => {
    const page = await client.open('/pages/policy?slug=gaoqi-rending')
    await client.tap(page, '登记一步展开')
    await client.tap(page, '准备中')
    await client.tap(page, '记下')
    await client.shows(page, '已记下')
    const ways = await client.open('/pages/applications')
    await client.shows(ways, '准备中（企业登记）')
    await client.tap(page, '没看懂或有错')
    await client.tap(page, '过时了')
    await client.tap(page, '提交')
    await client.shows(page, '收到了，谢谢')
  })

  test('who signs out leaves nothing of the firm on the device', async () => {
    const kept = () => [...client.stored.keys()].filter((name: string) => /session|seen/.test(name))
    expect(kept().length).toBeGreaterThan(1)
    const mine = await client.open('/pages/mine')
    await client.tap(mine, '退出登录')
    await client.shows(mine, '还没有登录')
    expect(kept()).toEqual([])
  })
})
