import { describe, expect, it } from 'vitest'
import { recordCommand, recordCommands } from '../../reports/record-command.ts'

it('the line that tells of a record keeps all that replays the run', () => {
  const reproduce = "npx kafkasim run 'my scenario.yaml' --seed 42 --row off --set cluster.brokers=5 --until 30s"
  expect(recordCommand(reproduce, 'orders-0', 4822)).toBe(
    "npx kafkasim explain --record orders-0@4822 'my scenario.yaml' --seed 42 --row off --set cluster.brokers=5 --until 30s",
  )
})

it('there is none for a run that no file is behind', () => {
  // What the runner says if nobody tells it how it was called, and what a library may say.
  expect(recordCommand('kafkasim run acks1-loss --seed 3', 'orders-0', 1)).toBe(
    'kafkasim explain --record orders-0@1 acks1-loss --seed 3',
  )
  expect(recordCommand('npm test -- --seed 3', 'orders-0', 1)).toBeUndefined()
})

describe('the records that a verdict names', () => {
  const reproduce = 'npx kafkasim run x.yaml --seed 3'
  const commandsOf = (...messages: string[]) =>
    recordCommands({ reproduce, expectations: messages.map((message) => ({ text: '', met: false, message })) })

  it('are the first that is lost, duplicated, out of order or skipped, each once', () => {
    const commands = commandsOf(
      '114 of 19937 acknowledged records lost (0.57 %), first orders-0@4822 (web[0]#4822)',
      '9 records at two offsets, first audit.log-12@498 (web[0]#494), also at 490',
      '3 records skipped, of 90 read, first orders-0@4822 by audit[0]: web[0]#4822 was never read',
    )
    expect(commands).toEqual([
      'npx kafkasim explain --record orders-0@4822 x.yaml --seed 3',
      'npx kafkasim explain --record audit.log-12@498 x.yaml --seed 3',
    ])
  })

  it('are none where none is named', () => {
    expect(commandsOf('0 of 19937 acknowledged records lost', 'caught up 0.000 s after the last heal')).toEqual([])
  })
})
