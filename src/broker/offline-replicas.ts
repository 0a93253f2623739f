// The replicas of this broker whose log directory has failed: they are here, and cannot be used, until the broker is
// started again or their topic is deleted.

export class OfflineReplicas {
  /** Topic ids by key, 'orders-0'. */
  private readonly topicIds = new Map<string, string>()

  add(key: string, topicId: string): void {
    this.topicIds.set(key, topicId)
  }

  has(key: string): boolean {
    return this.topicIds.size > 0 && this.topicIds.has(key)
  }

  /** Of this topic, not of an earlier one of its name. */
  isOf(key: string, topicId: string): boolean {
    return this.topicIds.size > 0 && this.topicIds.get(key) === topicId
  }

  remove(key: string): void {
    this.topicIds.delete(key)
  }
}
