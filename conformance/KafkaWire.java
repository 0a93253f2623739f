// Speaks Kafka's protocol for a program that does not: JSON lines in, JSON lines out. A request names a port, an API, a
// version and a body in the JSON form of Kafka's own generated converters; the answer comes back in the same form, with
// record batches in base64. Nothing is validated on the way, so that a broker can be asked what no client would ask.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.RequestHeader;

public final class KafkaWire {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLIENT_ID = "conformance";
    private static final int ANSWER_TIMEOUT_MS = 30_000;
    private static final int SILENCE_MS = 500;

    private final Map<String, Socket> sockets = new HashMap<>();
    private int correlationId = 0;

    public static void main(String[] args) throws IOException {
        KafkaWire wire = new KafkaWire();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(JSON.writeValueAsString(wire.carryOut(JSON.readTree(line))));
        }
    }

    private ObjectNode carryOut(JsonNode order) {
        ObjectNode result = JSON.createObjectNode();
        int port = order.get("port").asInt();
        // One connection to a broker has one request in hand at a time; who waits has one of their own.
        String connection = port + "/" + order.get("connection").asText();
        String phase = order.get("phase").asText();
        try {
            if (!phase.equals("hear")) send(order, port, connection);
            if (phase.equals("begin")) return result.put("kind", "silence");
            return hear(order, connection, result);
        } catch (EOFException | SocketException e) {
            forget(connection);
            return result.put("kind", "closed");
        } catch (SocketTimeoutException e) {
            forget(connection);
            return result.put("kind", "silence");
        } catch (Exception e) {
            forget(connection);
            return result.put("kind", "failed").put("reason", e.toString());
        }
    }

    private void send(JsonNode order, int port, String connection) throws Exception {
        String api = order.get("api").asText();
        short version = (short) order.get("version").asInt();
        ApiKeys key = keyOf(api);
        Message request = (Message) Class.forName("org.apache.kafka.common.message." + api + "RequestDataJsonConverter")
            .getMethod("read", JsonNode.class, short.class)
            .invoke(null, order.get("body"), version);
        RequestHeader header = new RequestHeader(key, version, CLIENT_ID, correlationId++);
        Socket socket = socketTo(port, connection);
        ByteBuffer head = bytesOf(header.data(), key.requestHeaderVersion(version));
        ByteBuffer body = bytesOf(request, version);
        ByteBuffer frame = ByteBuffer.allocate(4 + head.remaining() + body.remaining());
        frame.putInt(head.remaining() + body.remaining()).put(head).put(body);
        socket.getOutputStream().write(frame.array());
        socket.getOutputStream().flush();
    }

    private ObjectNode hear(JsonNode order, String connection, ObjectNode result) throws Exception {
        String api = order.get("api").asText();
        short version = (short) order.get("version").asInt();
        ApiKeys key = keyOf(api);
        Socket socket = sockets.get(connection);
        if (socket == null) throw new EOFException();
        socket.setSoTimeout(order.get("oneWay").asBoolean() ? SILENCE_MS : ANSWER_TIMEOUT_MS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        ByteBufferAccessor readable = new ByteBufferAccessor(ByteBuffer.wrap(answer));
        new ResponseHeaderData(readable, key.responseHeaderVersion(version));
        ApiMessage response = key.messageType.newResponse();
        response.read(readable, version);
        Object json = Class.forName("org.apache.kafka.common.message." + api + "ResponseDataJsonConverter")
            .getMethod("write", response.getClass(), short.class)
            .invoke(null, response, version);
        if (response instanceof FetchResponseData) putRecords((FetchResponseData) response, (JsonNode) json);
        return result.put("kind", "answer").set("body", (JsonNode) json);
    }

    /** Kafka's converter says only how many bytes of records there are. */
    private static void putRecords(FetchResponseData response, JsonNode json) throws ReflectiveOperationException {
        ArrayNode topics = (ArrayNode) json.get("responses");
        for (int t = 0; t < topics.size(); t++) {
            ArrayNode partitions = (ArrayNode) topics.get(t).get("partitions");
            for (int p = 0; p < partitions.size(); p++) {
                Object records = response.responses().get(t).partitions().get(p).records();
                ObjectNode partition = (ObjectNode) partitions.get(p);
                partition.remove("recordsSizeInBytes");
                if (records == null) partition.putNull("records");
                // Their class has moved between releases.
                else partition.put("records", base64((ByteBuffer) records.getClass().getMethod("buffer").invoke(records)));
            }
        }
    }

    private static String base64(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static ApiKeys keyOf(String api) {
        for (ApiKeys key : ApiKeys.values()) if (key.name.equals(api)) return key;
        throw new IllegalArgumentException("no such API: " + api);
    }

    private static ByteBuffer bytesOf(Message message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        message.addSize(size, cache, version);
        ByteBuffer buffer = ByteBuffer.allocate(size.totalSize());
        message.write(new ByteBufferAccessor(buffer), cache, version);
        buffer.flip();
        return buffer;
    }

    private Socket socketTo(int port, String connection) throws IOException {
        Socket known = sockets.get(connection);
        if (known != null) return known;
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        sockets.put(connection, socket);
        return socket;
    }

    private void forget(String connection) {
        Socket socket = sockets.remove(connection);
        if (socket == null) return;
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
