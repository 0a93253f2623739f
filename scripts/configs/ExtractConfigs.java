// What a released Kafka says of its own configs, printed as JSON: one object a key, one line each. Everything is looked
// up by reflection, for classes move between releases; `extract.ts` runs this with the jars of each.

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

public final class ExtractConfigs {
    public static void main(String[] args) throws Exception {
        print("producer", definition("org.apache.kafka.clients.producer.ProducerConfig"));
        print("consumer", definition("org.apache.kafka.clients.consumer.ConsumerConfig"));
        print("admin", definition("org.apache.kafka.clients.admin.AdminClientConfig"));
        print("broker", definition("kafka.server.KafkaConfig"));
        print("topic", definition("org.apache.kafka.storage.internals.log.LogConfig", "kafka.log.LogConfig"));
        Object group = definition("org.apache.kafka.coordinator.group.GroupConfig");
        if (group != null) print("group", group);
        printUpdateModes();
        printTopicSynonyms();
        printBrokerSynonyms();
    }

    /** The ConfigDef of the first class that exists; null if none does. */
    private static Object definition(String... names) throws Exception {
        for (String name : names) {
            for (Class<?> owner : new Class<?>[] {find(name), find(name + "$")}) {
                if (owner == null) continue;
                for (String member : new String[] {"configDef", "CONFIG_DEF", "CONFIG", "configDefCopy"}) {
                    Object found = member(owner, member);
                    if (found != null && isConfigDef(found)) return found;
                }
            }
        }
        return null;
    }

    private static boolean isConfigDef(Object object) {
        for (Class<?> each = object.getClass(); each != null; each = each.getSuperclass()) {
            if (each.getName().equals("org.apache.kafka.common.config.ConfigDef")) return true;
        }
        return false;
    }

    private static void print(String scope, Object definition) throws Exception {
        if (definition == null) throw new IllegalStateException("no definition of " + scope);
        Map<?, ?> keys = (Map<?, ?>) definition.getClass().getMethod("configKeys").invoke(definition);
        for (Object key : new TreeMap<>(keys).values()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("scope", scope);
            row.put("key", field(key, "name"));
            row.put("type", field(key, "type").toString());
            Object value = field(key, "defaultValue");
            row.put("required", value != null && value.getClass() == Object.class);
            row.put("default", value != null && value.getClass() == Object.class ? null : value);
            Object validator = field(key, "validator");
            row.put("validator", validator == null ? null : validator.getClass().getName());
            row.put("valid", validator == null ? null : validator.toString());
            row.put("importance", field(key, "importance").toString());
            row.put("internal", field(key, "internalConfig"));
            System.out.println(json(row));
        }
    }

    private static void printUpdateModes() throws Exception {
        Object modes = invoke("kafka.server.DynamicBrokerConfig", "dynamicConfigUpdateModes");
        if (modes == null) modes = invoke("org.apache.kafka.server.config.DynamicBrokerConfig", "dynamicConfigUpdateModes");
        if (modes == null) throw new IllegalStateException("no update modes");
        for (Map.Entry<?, ?> mode : new TreeMap<Object, Object>((Map<?, ?>) modes).entrySet()) {
            System.out.println(json(Map.of("mode", mode.getValue().toString(), "of", mode.getKey().toString())));
        }
    }

    /** Topic keys with the broker keys behind them; what "1" of each becomes tells the factor. */
    private static void printTopicSynonyms() throws Exception {
        Object all = null;
        for (String name : new String[] {
            "org.apache.kafka.server.config.ServerTopicConfigSynonyms", "kafka.log.LogConfig$", "kafka.log.LogConfig"}) {
            for (String member : new String[] {"ALL_TOPIC_CONFIG_SYNONYMS", "AllTopicConfigSynonyms"}) {
                Class<?> owner = find(name);
                if (all == null && owner != null) all = member(owner, member);
            }
        }
        if (all == null) throw new IllegalStateException("no synonyms of topics");
        for (Map.Entry<String, Object> entry : new TreeMap<>(asMap(all)).entrySet()) {
            List<Object> synonyms = new ArrayList<>();
            for (Object synonym : asList(entry.getValue())) {
                Function<?, ?> converter = (Function<?, ?>) read(synonym, "converter");
                synonyms.add(Map.of("key", read(synonym, "name"), "one", converted(converter)));
            }
            System.out.println(json(Map.of("synonyms", synonyms, "of", entry.getKey())));
        }
    }

    private static String converted(Function<?, ?> converter) {
        @SuppressWarnings("unchecked")
        Function<String, Object> ofText = (Function<String, Object>) converter;
        return String.valueOf(ofText.apply("1"));
    }

    /** Broker keys that stand for each other, in the order in which they count. */
    private static void printBrokerSynonyms() throws Exception {
        Map<?, ?> keys;
        Object definition = definition("kafka.server.KafkaConfig");
        keys = (Map<?, ?>) definition.getClass().getMethod("configKeys").invoke(definition);
        for (Object key : new TreeMap<>(keys).keySet()) {
            Object found = invoke("kafka.server.DynamicBrokerConfig", "brokerConfigSynonyms", key, false);
            if (found == null) {
                found = invoke("org.apache.kafka.server.config.DynamicBrokerConfig", "brokerConfigSynonyms", key, false);
            }
            List<?> synonyms = asList(found);
            if (synonyms.size() > 1) System.out.println(json(Map.of("brokerSynonyms", synonyms, "of", key)));
        }
    }

    // Reflection

    private static Class<?> find(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    /** The value of a static field or method without parameters, or of one of a Scala object. */
    private static Object member(Class<?> owner, String name) throws Exception {
        Object self = null;
        try {
            self = owner.getField("MODULE$").get(null);
        } catch (NoSuchFieldException e) {
            // A Java class.
        }
        for (Class<?> each = owner; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (!field.getName().equals(name)) continue;
                boolean isStatic = (field.getModifiers() & java.lang.reflect.Modifier.STATIC) != 0;
                if (!isStatic && self == null) continue;
                field.setAccessible(true);
                Object value = field.get(self);
                if (value != null) return value;
            }
            for (Method method : each.getDeclaredMethods()) {
                if (!method.getName().equals(name) || method.getParameterCount() != 0) continue;
                boolean isStatic = (method.getModifiers() & java.lang.reflect.Modifier.STATIC) != 0;
                if (!isStatic && self == null) continue;
                method.setAccessible(true);
                return method.invoke(self);
            }
        }
        return null;
    }

    /** Calls a static method, or one of a Scala object. Null if there is none. */
    private static Object invoke(String owner, String name, Object... arguments) throws Exception {
        for (String candidate : new String[] {owner, owner + "$"}) {
            Class<?> type = find(candidate);
            if (type == null) continue;
            Object self = null;
            try {
                self = type.getField("MODULE$").get(null);
            } catch (NoSuchFieldException e) {
                // A Java class.
            }
            for (Method method : type.getDeclaredMethods()) {
                if (!method.getName().equals(name) || method.getParameterCount() != arguments.length) continue;
                boolean isStatic = (method.getModifiers() & java.lang.reflect.Modifier.STATIC) != 0;
                if (!isStatic && self == null) continue;
                method.setAccessible(true);
                try {
                    return method.invoke(self, arguments);
                } catch (InvocationTargetException e) {
                    throw new IllegalStateException(owner + "." + name, e.getCause());
                }
            }
        }
        return null;
    }

    private static Object field(Object object, String name) throws Exception {
        Field field = object.getClass().getField(name);
        return field.get(object);
    }

    private static Object read(Object object, String name) throws Exception {
        Method method = object.getClass().getMethod(name);
        return method.invoke(object);
    }

    // Scala's collections, without Scala at compile time

    private static Map<String, Object> asMap(Object map) throws Exception {
        Map<String, Object> result = new LinkedHashMap<>();
        if (map instanceof Map<?, ?> java) {
            for (Map.Entry<?, ?> entry : java.entrySet()) result.put(entry.getKey().toString(), entry.getValue());
            return result;
        }
        for (Object pair : asList(read(map, "toSeq"))) result.put(read(pair, "_1").toString(), read(pair, "_2"));
        return result;
    }

    private static List<Object> asList(Object list) throws Exception {
        if (list instanceof Collection<?> java) return new ArrayList<>(java);
        List<Object> result = new ArrayList<>();
        Object iterator = Class.forName("scala.collection.IterableOnce").getMethod("iterator").invoke(list);
        Class<?> type = Class.forName("scala.collection.Iterator");
        while ((boolean) type.getMethod("hasNext").invoke(iterator)) {
            result.add(type.getMethod("next").invoke(iterator));
        }
        return result;
    }

    // JSON. Numbers are texts, so that 64 bits survive.

    private static String json(Object value) throws Exception {
        if (value == null || value instanceof Boolean) return String.valueOf(value);
        if (value instanceof Map<?, ?> map) {
            List<String> parts = new ArrayList<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                parts.add(quoted(entry.getKey().toString()) + ":" + json(entry.getValue()));
            }
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof Collection<?> list) {
            List<String> parts = new ArrayList<>();
            for (Object item : list) parts.add(json(item));
            return "[" + String.join(",", parts) + "]";
        }
        if (value instanceof Class<?> type) return quoted(type.getName());
        return quoted(value.toString());
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
