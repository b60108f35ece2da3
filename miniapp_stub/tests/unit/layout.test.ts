import { expect, test } from 'vitest'
import type { Graph, Node } from '@/api/shapes'
import { around, frameFor, placed, short } from '@/charts/layout'
import { marked } from '@/words/marked'

const node = (id: string, kind = 'policy'): Node => ({ id, kind, kind_label: kind, label: id, since: null, until: null })

test('neighbours in both directions, without what belongs to the rules behind', () => {
  const graph: Graph = {
    nodes: [node('a'), node('b'), node('c', 'version'), node('d')], left_out: {},
    links: [
      { kind: 'cites', kind_label: '引用', source: 'b', target: 'a', in_force: false },
      { kind: 'has_version', kind_label: '规则', source: 'a', target: 'c', in_force: true },
      { kind: 'cites', kind_label: '引用', source: 'b', target: 'd', in_force: true },
    ],
  }
  expect(around(graph, 'a')).toEqual([{ node: node('b'), relation: '引用', old: true }])
})

const many = (n: number) => Array.from({ length: n }, (_, i) => node(`neighbour-${i}`))

test('places are fixed, apart and within the picture', () => {
  const all = placed(node('m'), many(14), { ...frameFor(390), most: 14 })
  expect(new Set(all.map(({ x, y }) => `${x.toFixed(3)},${y.toFixed(3)}`)).size).toBe(15)
  for (const { x, y } of all) expect(Math.hypot(x, y)).toBeLessThanOrEqual(1.0001)
  expect(placed(node('m'), [], frameFor(1280))).toHaveLength(1)
})

const LONG = '浦东新区高新技术企业培育三年行动计划'

test('labels are short lines, fewer letters where letters are large', () => {
  const longest = (points: number) => short(LONG, frameFor(points)).split('\n').map((line) => line.length)
  expect(longest(390)).toEqual([7, 7])
  expect(longest(195)).toEqual([4, 4, 4])
  expect(short('高新技术企业', { line: 7, lines: 2 })).toBe('高新技术企业')
  expect(short('高新技术企业', { line: 6, lines: 2 })).toBe('高新技术企业')
})

/** The words of a picture as boxes, in points at the usual size of text; the frame about the picture does not grow. */
function boxes(pixels: number, large: number) {
  const frame = frameFor(pixels / large)
  const all = placed(node('m'), many(frame.most), frame)
  const [wide, high] = [(Math.min(pixels, 1080) - 66) / large - 2 * frame.side, 440 - 62 - 15 * frame.lines]
  const scale = Math.min(wide / 2 / frame.across, high / 2 / frame.down)
  const lines = short(LONG, frame).split('\n').length
  return all.map(({ x, y, id }) => {
    const [half, top] = [6 * frame.line, y * scale + (id === 'm' ? 20 : 13)]
    return { left: x * scale - half, right: x * scale + half, top, bottom: top + 15 * lines }
  })
}

test.each([[1280, 1], [640, 1], [390, 1], [360, 1], [320, 1], [1280, 2], [390, 1.5], [390, 2], [360, 2], [320, 2]])('no name stands over another in a window of %i pixels with text %f times as large', (pixels, large) => {
  const all = boxes(pixels, large)
  for (const [i, one] of all.entries()) {
    for (const other of all.slice(i + 1)) {
      const apart = one.left >= other.right || other.left >= one.right || one.top >= other.bottom || other.top >= one.bottom
      expect(apart, JSON.stringify([one, other])).toBe(true)
    }
  }
})

test('the little of Markdown that a notice uses', () => {
  expect(marked('# 题\n\n**一。** 二\n- 三')).toEqual([
    { item: false, parts: [{ text: '一。', strong: true }, { text: ' 二', strong: false }] },
    { item: true, parts: [{ text: '· 三', strong: false }] },
  ])
})
