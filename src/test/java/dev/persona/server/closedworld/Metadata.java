package dev.persona.server.closedworld;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What a native executable lets a program reflect on: all metadata in the jars that {@code native-image} gets.
 *
 * <p>The files are those of the GraalVM reference manual, "Reachability Metadata", in the form that 23.1 reads.
 */
final class Metadata {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FOLDER = "META-INF/native-image/";
    private static final String HIBERNATE = "org.hibernate.graalvm.internal.";

    private final Map<String, Entry> types = new HashMap<>();
    private final Set<String> jniTypes = new HashSet<>();
    private final Set<String> proxies = new HashSet<>();
    private final Set<String> serialized = new HashSet<>();
    private final List<Pattern> resources = new ArrayList<>();
    private final String arguments;

    /** What is registered of one class. */
    private static final class Entry {
        final Set<String> flags = new HashSet<>();
        final Set<String> members = new HashSet<>();
    }

    private Metadata(String arguments) {
        this.arguments = arguments;
    }

    /** @param folder of a build with {@code quarkus.native.sources-only} */
    static Metadata of(Path folder) throws IOException {
        Metadata metadata = new Metadata(Files.readString(folder.resolve("native-image.args")));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                metadata.add(jar);
            }
        }
        metadata.addHibernate();
        return metadata;
    }

    private void add(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                if (name.startsWith(FOLDER) && name.endsWith("-config.json") && !isExcluded(jar, name)) {
                    try (InputStream content = zip.getInputStream(entry)) {
                        add(name.substring(name.lastIndexOf('/') + 1), JSON.readTree(content));
                    }
                }
            }
        }
    }

    /** Whether the arguments say {@code --exclude-config} of a file. */
    private boolean isExcluded(Path jar, String name) {
        String[] words = arguments.split("\\s+");
        for (int i = 0; i + 2 < words.length; i++) {
            if (words[i].equals("--exclude-config")
                    && Pattern.compile(words[i + 1]).matcher(jar.toString()).find()
                    && Pattern.compile(words[i + 2]).matcher("/" + name).find()) {
                return true;
            }
        }
        return false;
    }

    private void add(String file, JsonNode content) {
        switch (file) {
            case "reflect-config.json" -> content.forEach(this::addType);
            case "jni-config.json" ->
                content.forEach(type -> jniTypes.add(type.path("name").asText()));
            case "proxy-config.json" ->
                content.forEach(proxy -> proxies.add(
                        StreamSupport.stream((proxy.isArray() ? proxy : proxy.path("interfaces")).spliterator(), false)
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(",", "(", ")"))));
            case "serialization-config.json" -> content.findValuesAsText("name").forEach(serialized::add);
            case "resource-config.json" -> {
                JsonNode included = content.path("resources");
                (included.isArray() ? included : included.path("includes"))
                        .forEach(resource -> resources.add(
                                Pattern.compile(resource.path("pattern").asText())));
            }
            default -> throw new IllegalStateException("metadata of an unknown kind: " + file);
        }
    }

    private void addType(JsonNode type) {
        Entry entry = entry(type.path("name").asText());
        type.properties().forEach(property -> {
            if (property.getValue().asBoolean()) {
                entry.flags.add(property.getKey());
            }
        });
        type.path("fields")
                .forEach(field -> entry.members.add(field.path("name").asText()));
        for (String kind : List.of("methods", "queriedMethods")) {
            type.path(kind).forEach(method -> {
                String parameters = StreamSupport.stream(
                                method.path("parameterTypes").spliterator(), false)
                        .map(JsonNode::asText)
                        .map(Metadata::binaryName)
                        .collect(Collectors.joining(",", "(", ")"));
                String mark = kind.equals("methods") ? "" : "?";
                entry.members.add(mark + method.path("name").asText() + parameters);
            });
        }
    }

    /** What a feature in Hibernate's jar registers while an executable is built. */
    private void addHibernate() {
        if (!arguments.contains(HIBERNATE + "GraalVMStaticFeature")) {
            return;
        }
        for (Class<?> type : hibernates("typesNeedingAllConstructorsAccessible")) {
            entry(type.getName()).flags.add("allDeclaredConstructors");
        }
        for (Class<?> type : hibernates("typesNeedingDefaultConstructorAccessible")) {
            entry(type.getName()).members.add("<init>()");
        }
        for (Class<?> type : hibernates("typesNeedingArrayCopy")) {
            entry(type.getComponentType().getName() + "[]");
        }
    }

    private static Class<?>[] hibernates(String list) {
        try {
            Method method = Class.forName(HIBERNATE + "StaticClassLists").getDeclaredMethod(list);
            method.setAccessible(true);
            return (Class<?>[]) method.invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Hibernate keeps its lists for native executables elsewhere", e);
        }
    }

    private Entry entry(String type) {
        return types.computeIfAbsent(type, name -> new Entry());
    }

    /** {@code java.lang.String[]} as {@link Class#getName} has it. */
    private static String binaryName(String type) {
        return type.endsWith("[]") ? "[L" + type.substring(0, type.length() - 2) + ";" : type;
    }

    boolean hasType(String type) {
        return types.containsKey(type);
    }

    /** Whether a member can be found and used. */
    boolean hasMember(String type, String member) {
        Entry entry = types.get(type);
        if (entry == null) {
            return false;
        }
        String kind = member.startsWith("<init>") ? "Constructors" : member.endsWith(")") ? "Methods" : "Fields";
        return entry.flags.contains("allDeclared" + kind)
                || entry.flags.contains("allPublic" + kind)
                || entry.members.contains(member);
    }

    /** Whether a member can be found, be it used or not. */
    boolean canFindMember(String type, String member) {
        Entry entry = types.get(type);
        return hasMember(type, member)
                || entry != null
                        && (entry.members.contains("?" + member)
                                || entry.flags.stream().anyMatch(flag -> flag.startsWith("queryAll")));
    }

    boolean hasProxy(String interfaces) {
        return proxies.contains(interfaces);
    }

    boolean hasSerialized(String type) {
        return serialized.contains(type);
    }

    boolean hasResource(String name) {
        return resources.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    boolean hasJniType(String type) {
        return jniTypes.contains(type);
    }

    /** The same without a class. */
    Metadata without(String type) {
        Metadata less = new Metadata(arguments);
        less.types.putAll(types);
        less.types.remove(type);
        less.jniTypes.addAll(jniTypes);
        less.proxies.addAll(proxies);
        less.serialized.addAll(serialized);
        less.resources.addAll(resources);
        return less;
    }
}
