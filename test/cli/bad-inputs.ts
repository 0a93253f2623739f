// What people type wrongly, and what others leave in their way: command lines that must end in exit code 2, with what is
// wrong and no stack trace. Bad scenario texts are in test/scenario/bad-files.ts; here are files, flags and values. What is
// printed is in the golden file `bad-inputs.golden.txt`.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface BadInput {
  readonly title: string
  readonly args: readonly string[]
  /** Makes what is in the way, in the folder where the command runs. */
  readonly make?: (folder: string) => void
}

export const GOOD_FILE = 'duration: 5s\ncluster: { brokers: 3 }\ntopics: { orders: { replication.factor: 3 } }\n'

const file =
  (name: string, content: string | Uint8Array) =>
  (folder: string): void =>
    writeFileSync(join(folder, name), content)

/** `check` of a file of this content. */
const content = (title: string, bytes: string | Uint8Array, name = 'x.yaml'): BadInput => ({
  title,
  args: ['check', name],
  make: file(name, bytes),
})

/** A command about the good file `good.yaml`. */
const about = (title: string, ...args: readonly string[]): BadInput => ({
  title,
  args,
  make: file('good.yaml', GOOD_FILE),
})

const MEGABYTE = 1_000_000

const FILES: readonly BadInput[] = [
  { title: 'no such file', args: ['run', 'no.yaml'] },
  { title: 'a file that is called nearly so', args: ['run', 'goood.yaml'], make: file('good.yaml', GOOD_FILE) },
  { title: 'a file in no folder', args: ['run', 'no/such/folder/x.yaml'] },
  { title: 'a folder', args: ['run', '.'] },
  { title: 'a folder with scenarios in it', args: ['fuzz', '.'], make: file('good.yaml', GOOD_FILE) },
  { title: 'a folder without scenarios', args: ['check', 'empty'], make: (folder) => mkdirSync(join(folder, 'empty')) },
  {
    title: 'a FIFO that nobody writes to',
    args: ['check', 'pipe.yaml'],
    make: (folder) => execFileSync('mkfifo', [join(folder, 'pipe.yaml')]),
  },
  {
    title: 'a FIFO to run',
    args: ['run', 'pipe.yaml'],
    make: (folder) => execFileSync('mkfifo', [join(folder, 'pipe.yaml')]),
  },
  { title: 'a device without an end', args: ['check', '/dev/zero'] },
  { title: 'a device without a beginning', args: ['run', '/dev/null'] },
  {
    title: 'a symbolic link to itself',
    args: ['check', 'x.yaml'],
    make: (folder) => symlinkSync('x.yaml', join(folder, 'x.yaml')),
  },
  {
    title: 'a symbolic link to nothing',
    args: ['check', 'x.yaml'],
    make: (folder) => symlinkSync('gone.yaml', join(folder, 'x.yaml')),
  },
  { title: 'a name with blanks', args: ['check', 'my file.yaml'] },
  { title: 'a name with a line break', args: ['check', 'two\nlines.yaml'] },
  { title: 'a name that steers terminals', args: ['check', '\u001b[31mred.yaml'] },
  {
    title: 'a bad file whose name steers terminals',
    args: ['check', '\u001b[31m\nx.yaml'],
    make: file('\u001b[31m\nx.yaml', '['),
  },
  { title: 'a name with a NUL byte', args: ['check', 'a\u0000b.yaml'] },
  { title: 'a name that is too long', args: ['check', `${'x'.repeat(5000)}.yaml`] },
  { title: 'a name that is empty', args: ['run', ''] },
  content('an empty file', ''),
  content('nothing but a byte order mark', '\uFEFF'),
  content('a byte order mark before a mistake', `\uFEFFduraton: 5s\n${GOOD_FILE}`),
  content('lines that end in CR LF', `duraton: 5s\r\n${GOOD_FILE.replaceAll('\n', '\r\n')}`),
  content('lines that end in CR', `duraton: 5s\r${GOOD_FILE.replaceAll('\n', '\r')}`),
  content('UTF-16', Buffer.from(`\uFEFF${GOOD_FILE}`, 'utf16le')),
  content('Latin-1', Buffer.from('name: caf\u00E9\n', 'latin1')),
  content('half of a character by an escape', `name: "\\uD800"\n${GOOD_FILE}`),
  content('a key of half a character', `"\\uDC00": 1\n${GOOD_FILE}`),
  content('a byte that ends C strings', `${GOOD_FILE}name: a\u0000b\n`),
  content('escapes for terminals', `${GOOD_FILE}name: "\u001b[2J"\n`),
  content('letters that run from right to left', `${GOOD_FILE}\u202Eeman: x\n`),
  content('a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0])),
  content('an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])),
  content('ten megabytes of blanks', ' '.repeat(10 * MEGABYTE)),
  content('more than ten megabytes', '#'.repeat(10 * MEGABYTE + 1)),
  content('one line of a megabyte', `name: "${'x'.repeat(999_000)}"\nduraton: 5s\n`),
  content('100,000 keys', Array.from({ length: 100_000 }, (_, i) => `k${i}: 1\n`).join('')),
  content('11,000 unknown keys', Array.from({ length: 11_000 }, (_, i) => `k${i}: 1\n`).join('')),
  content(
    '4,000 misspelt configs',
    `${GOOD_FILE}producers:\n  web:\n    topic: orders\n    config:\n${Array.from({ length: 4_000 }, (_, i) => `      linger.ms${i}: 1\n`).join('')}`,
  ),
  content('3,000 bad faults', `${GOOD_FILE}faults:\n${'  - { at: 9s, kill: brokr:1 }\n'.repeat(3_000)}`),
  content('90,000 brackets', '['.repeat(90_000)),
  content('24,000 braces', '{a: '.repeat(24_000)),
  content('40,000 lines of nonsense', '%\n'.repeat(40_000)),
  content(
    'a matrix of too much',
    `${GOOD_FILE}faults:\n${'  - { at: 1s, kill: broker:1 }\n'.repeat(800)}matrix: { seed: [${Array.from({ length: 900 }, (_, i) => i).join(', ')}] }\n`,
  ),
  content('lists in lists by their dashes', `${'- '.repeat(40_000)}x\n`),
  content('400 steps of indentation', Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')),
  content(
    'an alias bomb',
    Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? 'x'
            : Array(9)
                .fill(`*a${i - 1}`)
                .join(', ')
        }]\n`,
    ).join(''),
  ),
  content('aliases that name each other', 'a: &a { b: *b }\nb: &b { a: *a }\n'),
  content('a number of a thousand digits', `${GOOD_FILE}seed: ${'9'.repeat(1000)}\n`),
  content('an infinite number', `${GOOD_FILE}seed: .inf\nsettle: 1e999\n`),
  content('no number', `${GOOD_FILE}seed: .nan\n`),
  content('a negative zero and a hexadecimal duration', `${GOOD_FILE.replace('5s', '0x10')}seed: -0.5\n`),
  content('a thousand years', GOOD_FILE.replace('5s', '99999999999d')),
  content(
    'internals of JavaScript',
    `${GOOD_FILE}__proto__: { polluted: true }\nconstructor: { prototype: 1 }\ntoString: 1\nhasOwnProperty: 2\n`,
  ),
  content(
    'internals of JavaScript as names',
    `duration: 5s\ncluster: { brokers: 3 }\ntopics: { toString: {}, valueOf: { partitions: x } }\nproducers: { hasOwnProperty: { topic: __proto__ } }\n`,
  ),
  content('a tag that makes objects', 'name: !!python/object:os.system ""\n'),
  content('a binary tag', `${GOOD_FILE}name: !!binary aGVsbG8=\n`),
  content('a date', `${GOOD_FILE}name: 2026-11-26\nseed: 2026-11-26\n`),
  content('another language', '<?xml version="1.0"?><scenario/>\n'),
  content('TOML', '[cluster]\nbrokers = 3\n'),
  content('JSON with a comment', '{ "duration": "5s", // half a minute\n "cluster": { "brokers": 3 } }\n'),
  content('JSON cut short', '{"duration": "5s", "cluster": {"brokers": 3}, "topics": {"or'),
  content('a directive', '%TAG ! tag:x\n--- !y\nduration: 5s\n'),
  content('a compose file', 'services:\n  kafka:\n    image: apache/kafka:4.0\n    ports: ["9092:9092"]\n'),
]

/** Root may read everything: there this cannot be shown. */
export const UNREADABLE: BadInput = {
  title: 'a file that may not be read',
  args: ['check', 'secret.yaml'],
  make: (folder) => {
    writeFileSync(join(folder, 'secret.yaml'), GOOD_FILE)
    chmodSync(join(folder, 'secret.yaml'), 0)
  },
}

const TYPED: readonly BadInput[] = [
  { title: 'no command', args: [] },
  { title: 'an unknown command', args: ['rnu', 'x.yaml'] },
  { title: 'a file for a command', args: ['scenarios/leader-crash.yaml'] },
  { title: 'a command that is an internal of JavaScript', args: ['__proto__'] },
  { title: 'a flag that is an internal of JavaScript', args: ['list', '--__proto__', 'x'] },
  { title: 'a flag before any command', args: ['--seed', '3'] },
  { title: 'run: nothing', args: ['run'] },
  about('run: an unknown flag', 'run', 'good.yaml', '--sed', '3'),
  about('run: a flag of one dash', 'run', 'good.yaml', '-seed', '3'),
  about('run: a seed without a value', 'run', 'good.yaml', '--seed'),
  about('run: a seed that is a word', 'run', 'good.yaml', '--seed', 'lucky'),
  about('run: a negative seed', 'run', 'good.yaml', '--seed=-1'),
  about('run: a seed beyond 2^53', 'run', 'good.yaml', '--seed', '9007199254740992'),
  about('run: seeds backwards', 'run', 'good.yaml', '--seed', '5..1'),
  about('run: a seed twice', 'run', 'good.yaml', '--seed', '1', '--seed', '2'),
  about('run: an empty seed', 'run', 'good.yaml', '--seed='),
  about('run: until when', 'run', 'good.yaml', '--until', 'later'),
  about('run: until 0', 'run', 'good.yaml', '--until', '0s'),
  about('run: a setting without a value', 'run', 'good.yaml', '--set', 'duration'),
  about('run: a setting of nothing', 'run', 'good.yaml', '--set', '=5'),
  about('run: a setting of an unknown place', 'run', 'good.yaml', '--set', 'cluster.brokrs=5'),
  about('run: a setting of internals', 'run', 'good.yaml', '--set', '__proto__.x=5', '--set', 'topics.__proto__={}'),
  about('run: a setting that is no YAML', 'run', 'good.yaml', '--set', 'duration={'),
  about('run: a setting of a wrong kind', 'run', 'good.yaml', '--set', 'cluster.brokers=many'),
  about('run: a row without a matrix', 'run', 'good.yaml', '--row', 'small'),
  about('run: a trace into a folder that is not there', 'run', 'good.yaml', '--trace', 'no/such/out.jsonl'),
  about('run: a trace over the scenario', 'run', 'good.yaml', '--trace', 'good.yaml'),
  about('run: one trace for two runs', 'run', 'good.yaml', '--trace', 'out.jsonl', '--seed', '1..2'),
  about('run: a format that is none', 'run', 'good.yaml', '--format', 'xml'),
  about('run: one file of two is not there', 'run', 'good.yaml', 'no.yaml'),
  about('fuzz: two files', 'fuzz', 'good.yaml', 'good.yaml'),
  about('fuzz: no runs', 'fuzz', 'good.yaml', '--runs', '0'),
  about('fuzz: runs in words', 'fuzz', 'good.yaml', '--runs', 'many'),
  about('fuzz: no time', 'fuzz', 'good.yaml', '--time', '0s'),
  about('fuzz: a time without a unit', 'fuzz', 'good.yaml', '--time', '60'),
  about('fuzz: no threads', 'fuzz', 'good.yaml', '--jobs', '0'),
  about('fuzz: half a thread', 'fuzz', 'good.yaml', '--jobs', '0.5'),
  about('fuzz: seeds', 'fuzz', 'good.yaml', '--seed', '1..5'),
  about('fuzz: a setting of an unknown place', 'fuzz', '--set', 'cluster.brokrs=5'),
  about('fuzz: a file that is not there', 'fuzz', 'no.yaml'),
  { title: 'check: nothing', args: ['check'] },
  about('check: warnings in words', 'check', 'good.yaml', '--max-warnings', 'few'),
  about('check: strict and not', 'check', 'good.yaml', '--strict', '--max-warnings', '3'),
  about('check: a seed', 'check', 'good.yaml', '--seed', '3'),
  { title: 'list: an unknown word', args: ['list', 'falts'] },
  { title: 'list: two words', args: ['list', 'faults', 'marks'] },
  { title: 'list: a folder that is not there', args: ['list', 'no/such/folder'] },
  { title: 'explain: nothing', args: ['explain'] },
  about('explain: a record that is none', 'explain', 'good.yaml', '--record', 'orders'),
]

export const BAD_INPUTS: readonly BadInput[] = [...FILES, ...TYPED]
