// A small distributed program for tests: clients count up, one request at a time; a server makes each number durable on
// one of two threads before it answers. Clients reconnect when a connection breaks or an answer is late. Every step goes into a log.

import type { Frame, Host, Timer } from '../../sim/host.ts'

export const PORT = 9092

/** How long a client waits for an answer before it hangs up. */
const PATIENCE_MS = 2000

export type Log = (line: string) => void

function frame(kind: string, value: number): Frame {
  return { kind, sizeBytes: 8, digest: value, body: value }
}

export function server(log: Log): (host: Host) => void {
  return (host) => {
    const file = host.disk.open('data/numbers.log')
    log(`${host.name}#${host.incarnation} boots with ${file.sizeBytes} bytes`)
    const io = host.jobs.pool('io', 2)
    host.network.listen(PORT, (connection) => {
      connection.handle({
        onFrame: (request) => {
          io.run('append', () => {
            const value = Number(request.body)
            file.append(Uint8Array.of(value & 0xff))
            host.jobs.charge(50)
            file.sync()
            log(`${host.name}#${host.incarnation} appends ${value}`)
            connection.send(frame('pong', value))
          })
        },
        onClose: (reason) => log(`${host.name}#${host.incarnation} loses ${connection.peer}: ${reason}`),
      })
    })
  }
}

export function client(log: Log, to: string, nowUs: () => number): (host: Host) => void {
  return (host) => {
    const think = host.random.stream('think')
    let next = 1
    const connect = (): void => {
      let timer: Timer | undefined
      const retry = (why: string): void => {
        log(`${host.name} loses ${to}: ${why}`)
        timer?.cancel()
        connection.close()
        host.clock.after(100, 'reconnect', connect)
      }
      const askNext = (): void => {
        connection.send(frame('ping', next))
        timer = host.clock.after(PATIENCE_MS, 'late', () => retry('no answer'))
      }
      const connection = host.network.connect(to, PORT, 10_000, {
        onOpen: askNext,
        onFrame: (reply) => {
          timer?.cancel()
          log(`${host.name} hears ${String(reply.body)} at ${nowUs()}`)
          next++
          timer = host.clock.after(think.between(1, 20), 'think', askNext)
        },
        onClose: retry,
      })
    }
    connect()
  }
}
