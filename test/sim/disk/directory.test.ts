import { describe, expect, it } from 'vitest'
import { Rig, ascii } from './rig.ts'

describe('names on a disk', () => {
  it('opening creates an empty file; directories come with their first entry and go with their last', () => {
    const { disk } = new Rig()
    expect(disk.open('topic-0/0.log').sizeBytes).toBe(0)
    disk.open('topic-0/0.index')
    disk.open('meta')
    expect(disk.list('')).toEqual(['meta', 'topic-0'])
    expect(disk.list('topic-0')).toEqual(['0.index', '0.log'])
    expect([disk.exists('topic-0'), disk.exists('topic-0/0.log'), disk.exists('topic-1')]).toEqual([true, true, false])
    disk.remove('topic-0/0.log')
    disk.remove('topic-0/0.index')
    disk.remove('topic-0/absent')
    expect(disk.list('')).toEqual(['meta'])
    expect(disk.list('topic-0')).toEqual([])
  })

  it('lists in code unit order whatever the order of creation', () => {
    const { disk } = new Rig()
    for (const name of ['b', 'B', 'a', '10', '9']) disk.open(name)
    expect(disk.list('')).toEqual(['10', '9', 'B', 'a', 'b'])
  })

  it('a rename replaces the target, and an open file follows its name', () => {
    const rig = new Rig()
    const old = rig.disk.open('checkpoint')
    old.append(ascii('old'))
    const tmp = rig.disk.open('checkpoint.tmp')
    tmp.append(ascii('new'))
    rig.disk.rename('checkpoint.tmp', 'checkpoint')
    expect(rig.simDisk.paths()).toEqual(['checkpoint'])
    expect(rig.text('checkpoint')).toBe('new')
    expect(tmp.path).toBe('checkpoint')
    tmp.append(ascii('er'))
    expect(rig.text('checkpoint')).toBe('newer')
    // Whoever has the replaced file open still reads it.
    expect(old.read(0, 3)).toEqual(ascii('old'))
  })

  it('a directory can be renamed with all that is in it', () => {
    const rig = new Rig()
    const log = rig.disk.open('topic-0/0.log')
    rig.disk.open('topic-0/deep/snapshot')
    rig.disk.open('topic-00/0.log')
    rig.disk.rename('topic-0', 'topic-0.uuid-delete')
    expect(rig.simDisk.paths()).toEqual([
      'topic-0.uuid-delete/0.log',
      'topic-0.uuid-delete/deep/snapshot',
      'topic-00/0.log',
    ])
    expect(log.path).toBe('topic-0.uuid-delete/0.log')
    expect(() => rig.disk.rename('topic-00', 'topic-0.uuid-delete')).toThrow(/there already/)
  })

  it('what no file system allows is a defect', () => {
    const { disk } = new Rig()
    disk.open('dir/file')
    expect(() => disk.open('')).toThrow(/is no path/)
    expect(() => disk.open('/abs')).toThrow(/is no path/)
    expect(() => disk.open('dir')).toThrow(/there already/)
    expect(() => disk.open('dir/file/under')).toThrow(/is a file/)
    expect(() => disk.rename('absent', 'x')).toThrow(/no file/)
    expect(() => disk.remove('dir')).toThrow(/directory/)
    expect(() => disk.open('dir/file').truncate(1)).toThrow(/truncate/)
  })

  it('is used by one incarnation at a time, and not by a dead one', () => {
    const rig = new Rig()
    const [disk, file] = [rig.disk, rig.disk.open('log')]
    expect(() => rig.simDisk.attach(rig.endpoint)).toThrow(/in use/)
    rig.crash()
    for (const use of [
      () => disk.open('x'),
      () => disk.exists('x'),
      () => disk.list(''),
      () => disk.rename('log', 'x'),
      () => disk.remove('x'),
      () => disk.syncDir(''),
      () => file.append(ascii('x')),
      () => file.read(0, 0),
      () => file.truncate(0),
      () => file.sync(),
    ]) {
      expect(use).toThrow(/dead incarnation/)
    }
    expect(rig.disk.list('')).toEqual(['log'])
    rig.loop.kill(rig.endpoint.owner)
    expect(() => rig.disk.open('x')).toThrow(/dead incarnation/)
  })
})
