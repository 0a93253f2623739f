// Which released jars stand for which release line: the last patch release of each.

import type { Release } from '../../src/config/versions.ts'

export const JARS: { readonly [R in Release]: string } = {
  '3.3': '3.3.2',
  '3.4': '3.4.1',
  '3.5': '3.5.2',
  '3.6': '3.6.2',
  '3.7': '3.7.2',
  '3.8': '3.8.1',
  '3.9': '3.9.2',
  '4.0': '4.0.2',
  '4.1': '4.1.2',
  '4.2': '4.2.1',
  '4.3': '4.3.1',
  '4.4': '4.4.0',
}
