import { expect, test } from 'vitest'
import type { Graph, Node } from '@/api/shapes'
import { around, placed, short } from '@/charts/layout'
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

test('places are fixed, apart and within the picture', () => {
  const all = placed(node('m'), 'abcdefghijklmn'.split('').map((id) => node(id)), false)
  expect(new Set(all.map(({ x, y }) => `${x.toFixed(3)},${y.toFixed(3)}`)).size).toBe(15)
  for (const { x, y } of all) expect(Math.hypot(x, y)).toBeLessThanOrEqual(1.0001)
  expect(placed(node('m'), [], true)).toHaveLength(1)
})

test('labels are two short lines at most', () => {
  expect(short('高新技术企业')).toBe('高新技术企业')
  for (const line of short('浦东新区高新技术企业培育三年行动计划').split('\n')) expect(line.length).toBeLessThanOrEqual(7)
})

test('the little of Markdown that a notice uses', () => {
  expect(marked('# 题\n\n**一。** 二\n- 三')).toEqual([
    { item: false, parts: [{ text: '一。', strong: true }, { text: ' 二', strong: false }] },
    { item: true, parts: [{ text: '· 三', strong: false }] },
  ])
})
