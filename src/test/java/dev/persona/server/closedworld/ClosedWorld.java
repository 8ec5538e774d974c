package dev.persona.server.closedworld;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The world of a native executable, in which only what was known when it was built can be reflected on: what of the
 * accesses of a recorded program would fail there?
 */
final class ClosedWorld {
    /** Callers that bring what they need with them: extensions of Quarkus, which tests them as native executables. */
    private static final Pattern ALREADY_NATIVE = Pattern.compile(
            "(io\\.(quarkus|quarkiverse|smallrye|vertx|netty|agroal|micrometer)"
                    + "|com\\.(arjuna|github\\.benmanes)|jakarta|org\\.(eclipse|flywaydb|h2|jboss|postgresql|wildfly))\\..*");

    /** Callers that Quarkus generated: the names in them are constants, which {@code native-image} sees. */
    private static final Pattern GENERATED = Pattern.compile(".*(_Bean|_ClientProxy|_Subclass)");

    /**
     * Callers whose arrays are no need: one copies an array that there is, and one describes the arrays which methods of the
     * JDK's collections return, that an executable doesn't list.
     */
    private static final Pattern NEEDLESS_ARRAYS = Pattern.compile(
            "com\\.fasterxml\\.jackson\\.databind\\.(util\\.ArrayBuilders#insertInListNoDup|type\\.ArrayType#construct).*");

    /** The JDK's own hidden classes and proxies; a proxy's interfaces are recorded when it is made. */
    private static final Pattern MACHINERY = Pattern.compile(".*(\\$\\$Lambda|\\$Proxy).*");

    private final Metadata metadata;
    private final ClassLoader program;

    /** @param program finds the classes of the recorded program */
    ClosedWorld(Metadata metadata, ClassLoader program) {
        this.metadata = metadata;
        this.program = program;
    }

    /** What would fail, and what to add; once for each class. */
    List<String> gaps(Stream<Access> accesses) {
        Map<String, List<Access>> missing = accesses.filter(
                        access -> !ALREADY_NATIVE.matcher(access.caller()).matches()
                                && !GENERATED.matcher(access.callingClass()).matches())
                .filter(access ->
                        access.via().isEmpty() || access.isService() || access.kind() == Access.Kind.SERIALIZE)
                .filter(access -> !isCovered(access))
                .collect(Collectors.groupingBy(ClosedWorld::remedied, TreeMap::new, Collectors.toList()));
        return missing.values().stream().map(ClosedWorld::remedy).toList();
    }

    /** What one remedy is for. */
    private static String remedied(Access access) {
        return switch (access.kind()) {
            case TYPE, LOAD, MEMBER, MEMBERS, USE, HANDLE -> access.type();
            case ARRAY -> access.type() + "[]";
            case PROXY, RESOURCE -> access.member();
            case SERIALIZE -> "serialized " + access.type();
            case DEFINE -> access.caller();
        };
    }

    private static String remedy(List<Access> accesses) {
        Access first = accesses.get(0);
        String entry =
                switch (first.kind()) {
                    case TYPE, LOAD, MEMBER, MEMBERS, USE, HANDLE ->
                        "add to reflect-config.json " + entry(first.type(), accesses)
                                + ", or all of the class by @RegisterForReflection";
                    case ARRAY -> "add to reflect-config.json " + entry(first.type() + "[]", List.of());
                    case PROXY ->
                        "add to proxy-config.json [\""
                                + first.member()
                                        .substring(1, first.member().length() - 1)
                                        .replace(",", "\", \"") + "\"]";
                    case SERIALIZE -> "add to serialization-config.json {\"name\": \"" + first.type() + "\"}";
                    case RESOURCE -> "add to quarkus.native.resources.includes " + first.member();
                    case DEFINE -> "makes a class at run time, which a native executable can't: do without";
                };
        return remedied(first) + ": " + entry + "\n    needed by " + first.caller();
    }

    private static String entry(String type, List<Access> accesses) {
        TreeSet<String> methods = new TreeSet<>();
        TreeSet<String> fields = new TreeSet<>();
        for (Access access : accesses) {
            int bracket = access.member().indexOf('(');
            if (bracket >= 0) {
                String types =
                        access.member().substring(bracket + 1, access.member().length() - 1);
                methods.add("{\"name\": \"" + access.member().substring(0, bracket) + "\", \"parameterTypes\": ["
                        + (types.isEmpty() ? "" : '"' + types.replace(",", "\", \"") + '"') + "]}");
            } else if (!access.member().isEmpty()) {
                fields.add("{\"name\": \"" + access.member() + "\"}");
            }
        }
        List<String> parts = new ArrayList<>(List.of("\"name\": \"" + type + '"'));
        if (!methods.isEmpty()) {
            parts.add("\"methods\": " + methods);
        }
        if (!fields.isEmpty()) {
            parts.add("\"fields\": " + fields);
        }
        return "{" + String.join(", ", parts) + "}";
    }

    private boolean isCovered(Access access) {
        String type = access.type();
        String member = access.member();
        if (MACHINERY.matcher(type).matches()) {
            return true;
        }
        return switch (access.kind()) {
            case TYPE -> metadata.hasType(type);
            case LOAD -> metadata.hasType(type) || !asksALoader(access);
            case MEMBER -> metadata.canFindMember(type, member);
            // Only classes of ours are known by all their members: a library's are listed one by one, as they are used.
            case MEMBERS -> !type.startsWith("dev.persona.") || metadata.hasType(type);
            case USE, HANDLE -> metadata.hasMember(type, member);
            case ARRAY ->
                metadata.hasType(type + "[]")
                        || NEEDLESS_ARRAYS.matcher(access.caller()).matches();
            case PROXY -> metadata.hasProxy(member);
            case SERIALIZE -> type.equals("java.lang.Object") || metadata.hasSerialized(type);
            case RESOURCE -> metadata.hasResource(member.startsWith("/") ? member.substring(1) : member);
            case DEFINE -> false;
        };
    }

    /** Whether the caller itself calls a class loader there; else the JVM did, to link that code. */
    private boolean asksALoader(Access access) {
        try (InputStream bytes =
                program.getResourceAsStream(access.callingClass().replace('.', '/') + ".class")) {
            if (bytes == null) {
                throw new IllegalStateException("`" + access.callingClass() + "` is no class of the recorded program");
            }
            return calls(bytes.readAllBytes(), access.callingMethod(), access.callingIndex(), "loadClass");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the instruction at an index of the bytecode of a method, or of an overload, calls a method of this name. */
    private static boolean calls(byte[] bytes, String method, int index, String called) {
        boolean[] found = new boolean[1];
        int[] offset = new int[1];
        ClassReader reader = new ClassReader(bytes) {
            @Override
            protected void readBytecodeInstructionOffset(int bytecodeOffset) {
                offset[0] = bytecodeOffset;
            }
        };
        MethodVisitor instructions = new MethodVisitor(Opcodes.ASM9) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String type, boolean isInterface) {
                found[0] |= offset[0] == index && name.equals(called);
            }
        };
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String type, String signature, String[] exceptions) {
                        return name.equals(method) ? instructions : null;
                    }
                },
                ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found[0];
    }
}
