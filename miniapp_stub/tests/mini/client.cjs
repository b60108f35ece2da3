/* A stand-in for the WeChat client: runs the built mini-program (dist/build/mp-weixin) in Node with WeChat's own
 * WXML compiler and component framework (miniprogram-simulate) on a DOM, against a real server. */
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { JSDOM } = require('jsdom')

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/', pretendToBeVisual: true })
for (const name of ['document', 'HTMLElement', 'Element', 'Node', 'Event', 'CustomEvent', 'MutationObserver']) globalThis[name] = window[name]
globalThis.window = window
const simulate = require('miniprogram-simulate')
const exparser = require(require.resolve('miniprogram-exparser', { paths: [require.resolve('j-component')] }))

const ROOT = path.resolve(__dirname, '../../dist/build/mp-weixin')
/** What the client was asked to do, in order; a test reads and empties it. */
const seen = { requests: [], visits: [], privacy: [], permits: [], titles: [], opened: [] }
const phone = { server: '', online: true, answers: 'accept', chosen: '' }
const stored = new Map()

/** A canvas that writes down what is drawn: the texts and the number of strokes and fills. */
const drawn = { texts: [], shapes: 0 }
const context = new Proxy({}, {
  get: (known, name) => known[name] ?? ((...told) => {
    if (name === 'fillText') drawn.texts.push(told[0])
    if (name === 'fill' || name === 'stroke') drawn.shapes++
    if (name === 'measureText') return { width: 12 * told[0].length }
  }),
  set: (known, name, value) => ((known[name] = value), true),
})
const canvas = { width: 320, height: 440, style: {}, getContext: () => context }
const system = { pixelRatio: 2, SDKVersion: '3.7.0', platform: 'devtools', windowWidth: 390, windowHeight: 844, theme: 'light' }
const launch = { path: 'pages/home', query: {}, scene: 1001 }

async function request({ url, method = 'GET', data, header, responseType, success, fail }) {
  seen.requests.push(`${method} ${url.split('?')[0]}`)
  if (!phone.online) return setTimeout(() => fail({ errMsg: 'request:fail ' }))
  try {
    const answer = await fetch(new URL(url, phone.server), { method, headers: header, body: method === 'GET' ? undefined : data })
    if (responseType === 'arraybuffer') return success({ statusCode: answer.status, data: await answer.arrayBuffer(), header: {} })
    const text = await answer.text()
    let told = text
    try { told = JSON.parse(text) } catch { /* not JSON: as it came */ }
    success({ statusCode: answer.status, data: told, header: Object.fromEntries(answer.headers) })
  } catch (error) {
    fail({ errMsg: `request:fail ${error}` })
  }
}

async function uploadFile({ url, filePath, name, header, success, fail }) {
  seen.requests.push(`POST ${url}`)
  const form = new FormData()
  form.append(name, new Blob([fs.readFileSync(filePath)]), path.basename(filePath))
  try {
    const answer = await fetch(new URL(url, phone.server), { method: 'POST', headers: header, body: form })
    success({ statusCode: answer.status, data: await answer.text() })
  } catch (error) {
    fail({ errMsg: `uploadFile:fail ${error}` })
  }
}

/** The folder of the user's own files. */
const papers = fs.mkdtempSync(path.join(os.tmpdir(), 'policymap-papers-'))
process.on('exit', () => fs.rmSync(papers, { recursive: true, force: true }))

const visit = (options) => { seen.visits.push(options.url); options.success?.({}) }
Object.assign(wx, {
  request: (options) => { request(options); return { abort() {} } },
  navigateTo: visit, switchTab: visit, reLaunch: visit, redirectTo: visit, navigateBack() {},
  setNavigationBarTitle: ({ title }) => seen.titles.push(title),
  getStorageSync: (name) => stored.get(name) ?? '', setStorageSync: (name, value) => stored.set(name, value), removeStorageSync: (name) => stored.delete(name),
  clearStorageSync: () => stored.clear(), getStorageInfoSync: () => ({ keys: [...stored.keys()] }),
  login(options) {
    seen.privacy.push('login')
    if (phone.code) options.success?.({ code: phone.code })
    else options.fail?.({ errMsg: 'login:fail ' })
  },
  requestSubscribeMessage({ tmplIds, success, fail }) {
    seen.permits.push(...tmplIds)
    if (phone.answers === 'off') fail({ errMsg: 'requestSubscribeMessage:fail The main switch is switched off', errCode: 20004 })
    else success(Object.fromEntries(tmplIds.map((id) => [id, phone.answers])))
  },
  uploadFile: (options) => { uploadFile(options); return { abort() {} } },
  env: { USER_DATA_PATH: papers }, getFileSystemManager: () => ({ writeFileSync: (file, data) => fs.writeFileSync(file, Buffer.from(data)) }),
  openDocument: ({ filePath }) => seen.opened.push(filePath), previewImage: ({ urls }) => seen.opened.push(...urls),
  showToast() {}, showModal: ({ success }) => success({ confirm: true }), pageScrollTo() {}, setClipboardData() {},
  canIUse: () => true, getSystemInfoSync: () => system, getWindowInfo: () => system, getDeviceInfo: () => system, getAppBaseInfo: () => system,
  getAccountInfoSync: () => ({ miniProgram: { appId: 'wx', envVersion: 'develop' } }),
  getLaunchOptionsSync: () => launch, getEnterOptionsSync: () => launch,
  onAppShow() {}, onAppHide() {}, onNetworkStatusChange() {}, getNetworkType() {}, onThemeChange() {},
  createSelectorQuery() {
    const query = { in: () => query, select: () => query, fields: () => query, exec: (told) => told([{ node: canvas, width: 320, height: 440 }]) }
    return query
  },
})
wx.chooseMessageFile = ({ success }) => { seen.privacy.push('chooseMessageFile'); success({ tempFiles: [{ path: phone.chosen, name: path.basename(phone.chosen) }] }) }
// What needs a person's consent is noted when it is touched, whoever touches it.
for (const name of ['getUserProfile', 'getUserInfo', 'getPhoneNumber', 'getLocation', 'chooseAddress', 'chooseImage', 'getClipboardData'])
  wx[name] = (options) => { seen.privacy.push(name); options?.fail?.({ errMsg: `${name}:fail` }) }
Object.assign(globalThis, { App: (told) => { globalThis.app = told; told.onLaunch?.(launch); told.onShow?.(launch) }, getApp: () => globalThis.app, getCurrentPages: () => [], Page() {} })

const start = () => require(path.join(ROOT, 'app.js'))
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

const isReady = new WeakSet()

/** The client tells components that appear later that they are ready; attaching did so for the first ones. */
function greet(page, tell = true) {
  for (const { __wxElement: component } of page.body.querySelectorAll('*')) {
    if (!component?.triggerLifeTime || isReady.has(component)) continue
    isReady.add(component)
    if (tell) component.triggerLifeTime('ready')
  }
}

/** Waits until something holds, or says what was on the screen. */
async function until(page, holds, what) {
  for (let tried = 0; tried < 100; tried++) {
    greet(page)
    if (holds()) return
    await sleep(60)
  }
  throw new Error(`${what}; on the screen: ${text(page).slice(0, 1500)}`)
}

/** Opens a screen by its address, as the client would. */
async function open(address) {
  const [page, query = ''] = address.replace(/^\//, '').split('?')
  const shown = simulate.render(simulate.load(path.join(ROOT, page), page.replace(/\W/g, '-'), { rootPath: ROOT }))
  const body = document.createElement('div')
  document.body.append(body)
  shown.attach(body)
  shown.body = body
  greet(shown, false)
  shown.instance.onLoad?.(Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('='))))
  shown.instance.onShow?.()
  shown.instance.onReady?.()
  await sleep(30)
  return shown
}

const text = (page) => page.body.textContent.replace(/\s+/g, ' ')
const shows = (page, words) => until(page, () => text(page).includes(words), `没有出现“${words}”`)

/** The innermost element that says exactly these words. */
const saying = (page, words) =>
  [...page.body.querySelectorAll('*')].reverse().find((element) => element.textContent.trim() === words || element.getAttribute('aria-label') === words)

async function tap(page, words) {
  await until(page, () => saying(page, words), `没有可点的“${words}”`)
  dispatch(saying(page, words), 'tap', {})
  await sleep(30)
}

async function type(page, which, value) {
  const inputs = [...page.body.querySelectorAll('wx-input')]
  dispatch(inputs[which], 'input', { value })
  await sleep(20)
}

async function write(page, which, value) {
  dispatch([...page.body.querySelectorAll('wx-textarea')][which], 'input', { value })
  await sleep(20)
}

function dispatch(element, name, detail, extraFields = {}) {
  let node = element
  while (node && !node.__wxElement) node = node.parentElement
  exparser.Event.dispatchEvent(node.__wxElement, exparser.Event.create(name, detail, { bubbles: true, composed: true, extraFields }))
}

/** A finger on the canvas. */
async function touch(page, x, y) {
  const surface = page.body.querySelector('wx-canvas')
  dispatch(surface, 'touchstart', {}, { touches: [{ x, y }], changedTouches: [{ x, y }] })
  dispatch(surface, 'touchend', {}, { touches: [], changedTouches: [{ x, y }] })
  await sleep(4)
}

const forgetAll = () => { for (const list of Object.values(seen)) list.length = 0 }
module.exports = { start, open, text, until, shows, saying, tap, type, write, touch, seen, phone, stored, drawn, forgetAll, sleep }
