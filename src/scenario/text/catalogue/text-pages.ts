// KS0xx: the text is no usable YAML.

import type { DiagnosticPages } from './diagnostic-page.ts'

export const TEXT_PAGES = {
  KS001: {
    title: 'the text is not valid YAML',
    says: 'A quote or bracket that is not closed, a tab as indentation, a tag, a second document. Within `{ }` and `[ ]`, a text with brackets, commas or a colon and a blank in it needs quotes. JSON is YAML too.',
    bad: 'faults:\n  - { when: isr(orders-0) == [1], kill: broker:1, for: 5s }',
    good: 'faults:\n  - { when: "isr(orders-0) == [1]", kill: broker:1, for: 5s }',
  },
  KS002: {
    title: 'the file is empty',
    says: 'There is nothing in the file, or only comments. The smallest scenario has a `duration`, a `cluster` and `topics`.',
    bad: '# nothing yet',
    good: 'duration: 30s\ncluster: { brokers: 3 }\ntopics: { orders: { partitions: 1 } }',
    whole: true,
  },
  KS003: {
    title: 'the file is not a mapping of keys to values',
    says: 'A scenario is a mapping at its top level: `name`, `duration`, `cluster`, and so on. A list or a bare text is none.',
    bad: '- duration: 30s',
    good: 'duration: 30s\ncluster: { brokers: 3 }\ntopics: { orders: { partitions: 1 } }',
    whole: true,
  },
  KS004: {
    title: 'a key is there twice',
    says: 'Many YAML readers take the last of two equal keys and say nothing. Here it is an error: one of the two was not meant. Give both parts to one key.',
    bad: 'faults: [{ at: 5s, pause: broker:1, for: 15s }]\nfaults: [{ at: 20s, kill: broker:2, for: 5s }]',
    good: 'faults:\n  - { at: 5s, pause: broker:1, for: 15s }\n  - { at: 20s, kill: broker:2, for: 5s }',
  },
  KS005: {
    title: 'a key of a kind that is not allowed',
    says: 'Merge keys (`<<`), keys that are lists or mappings, and names of JavaScript internals such as `__proto__` are refused. Write keys out; an alias (`*name`) may stand for a whole value.',
    bad: 'network:\n  default: &near { latency: 1ms }\n  racks: { <<: *near, bandwidth: 10MB/s }',
    good: 'network:\n  default: { latency: 1ms }\n  racks: { latency: 1ms, bandwidth: 10MB/s }',
  },
  KS006: {
    title: 'a character that does not belong in a text',
    says: 'A control character, such as a NUL byte, or half of a character (a lone surrogate), as it stands or by an escape (`"\\u0000"`). The file is perhaps no text at all, or was written in another encoding than UTF-8.',
    bad: 'name: "orders\u0000"',
    good: 'name: orders',
  },
  KS007: {
    title: 'the file is too large, too deep, or grows too much by aliases',
    says: 'A scenario has at most 100,000 characters, 20,000 values with all aliases written out, and 60 levels. An alias may not contain itself.',
    bad: 'faults: &all [*all]',
    good: 'faults: [{ at: 5s, kill: broker:1, for: 5s }]',
  },
} as const satisfies DiagnosticPages
