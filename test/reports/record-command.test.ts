import { expect, it } from 'vitest'
import { recordCommand } from '../../reports/record-command.ts'

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
