// Loads the log of a partition with Kafka's own code and lets Kafka's own cleaner go over it: round after round, as the
// arguments say. Prints where each round ends, and then the names and bytes of all segments.

import java.io.File;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.CleanerStats;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

public class KafkaCleaner {
  /** A clock that stands still until it is set. */
  static final class SetTime implements Time {
    long nowMs;

    @Override
    public long milliseconds() {
      return nowMs;
    }

    @Override
    public long nanoseconds() {
      return nowMs * 1_000_000;
    }

    @Override
    public void sleep(long ms) {}

    @Override
    public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) {}
  }

  /** DIR SEGMENT_BYTES DELETE_RETENTION_MS, then for each round NOW_MS:MAP_BYTES:IO_BUFFER_BYTES. */
  public static void main(String[] args) throws Exception {
    File dir = new File(args[0]);
    LogConfig config = new LogConfig(Map.of(
        "cleanup.policy", "compact",
        "internal.segment.bytes", args[1],
        "delete.retention.ms", args[2],
        "min.cleanable.dirty.ratio", "0"));
    SetTime time = new SetTime();
    time.nowMs = Long.parseLong(args[3].split(":")[0]);
    KafkaScheduler scheduler = new KafkaScheduler(1);
    scheduler.startup();
    UnifiedLog log = UnifiedLog.create(dir, config, 0, 0, scheduler, new BrokerTopicStats(), time, 900_000,
        new ProducerStateManagerConfig(86_400_000, false), 600_000, new LogDirFailureChannel(1), false, Optional.empty());
    log.updateHighWatermark(log.logEndOffset());
    long firstDirty = 0;
    for (String round : Arrays.copyOfRange(args, 3, args.length)) {
      String[] parts = round.split(":");
      time.nowMs = Long.parseLong(parts[0]);
      Throttler throttler = new Throttler(Double.MAX_VALUE, 300, "cleaner-io", "bytes", time);
      Cleaner cleaner = new Cleaner(0, new SkimpyOffsetMap(Integer.parseInt(parts[1])), Integer.parseInt(parts[2]),
          1 << 20, 0.9, throttler, time, partition -> {});
      long uncleanable = Math.max(firstDirty, Math.min(log.lastStableOffset(), log.activeSegment().baseOffset()));
      Map.Entry<Long, CleanerStats> cleaned =
          cleaner.doClean(new LogToClean(log, firstDirty, uncleanable, false), time.nowMs);
      firstDirty = cleaned.getKey();
      System.out.println("next " + firstDirty);
    }
    File[] files = dir.listFiles((parent, name) -> name.endsWith(".log"));
    Arrays.sort(files);
    for (File file : files) {
      System.out.println(file.getName() + " " + Base64.getEncoder().encodeToString(Files.readAllBytes(file.toPath())));
    }
    System.exit(0);
  }
}
