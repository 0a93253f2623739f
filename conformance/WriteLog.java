// Writes a partition's directory with Kafka's own classes: two segments, one of them active, with all codecs. Test data for
// loading real files; see docs/kafka-files.md.

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;

public class WriteLog {
    static final long NOW = 1700000000000L;
    static final int EPOCH = 7;

    public static void main(String[] args) throws Exception {
        File dir = new File(args[0]);
        LogConfig config = new LogConfig(Map.of("index.interval.bytes", "100", "segment.index.bytes", "240"));
        LogSegment first = LogSegment.open(dir, 5L, config, Time.SYSTEM, 0, false);
        long offset = 5;
        for (CompressionType type : CompressionType.values()) offset = append(first, offset, Compression.of(type).build());
        first.onBecomeInactiveSegment();
        LogSegment second = LogSegment.open(dir, offset, config, Time.SYSTEM, 0, false);
        for (int i = 0; i < 4; i++) offset = append(second, offset, Compression.NONE);
        first.flush();
        second.flush();
    }

    static long append(LogSegment segment, long offset, Compression compression) throws Exception {
        Header[] headers = {new RecordHeader("h", bytes("1")), new RecordHeader("none", null)};
        SimpleRecord[] records = {
            new SimpleRecord(NOW + offset, bytes("k" + offset), bytes("value " + offset + " " + "z".repeat(60))),
            new SimpleRecord(NOW + offset + 1, null, bytes("no key " + (offset + 1)), headers),
            new SimpleRecord(NOW + offset + 2, bytes("k" + offset), null),
        };
        segment.append(offset + 2, MemoryRecords.withIdempotentRecords(
            offset, compression, 4000L, (short) 3, (int) (offset - 5), EPOCH, records));
        return offset + 3;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
