package dev.persona.server.closedworld.recorder;

import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes down every reflective access of the process that it is in, one line of {@code Access} for each place and target.
 *
 * <p>What happens while a class is initialized is left out: a native executable has that behind it when it is built.
 *
 * <p>It is laid into {@code java.base} of a recorded program by {@code RecordingRuntime}, where methods of the JDK
 * call it; the package is theirs alone, for all of it belongs to {@code java.base} there. Hence no lambda, no text joined by {@code +} and nothing but {@code java.base}: either would be reflection, or a class
 * defined, of its own. A line is in the file before the access goes on, so a killed program has left its accesses.
 */
public final class Recorder {
    /** The system property that names the file; a dot and the number of the process are added. */
    public static final String FILE = "persona.recorder.file";

    /** The system property that names what is initialized at run time in a native executable: starts of class names. */
    public static final String LATE = "persona.recorder.late";

    private static final Set<String> RECORDED = ConcurrentHashMap.newKeySet();
    private static final ThreadLocal<Object> BUSY = new ThreadLocal<>();
    private static volatile String[] late;
    private static volatile FileOutputStream file;

    private Recorder() {}

    /** Begins to record; called when the JVM is up and about to look for the main class. */
    public static void begin() {
        String name = System.getProperty(FILE);
        if (name != null && file == null) {
            late = System.getProperty(LATE, "-").split(",");
            try {
                file = new FileOutputStream(name + "." + ProcessHandle.current().pid(), true);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A class found by its name. */
    public static void found(Class<?> type) {
        record("type", type, "");
    }

    /** A class given by a class loader: asked for by a program, or by the JVM that links one. */
    public static void loaded(Class<?> type) {
        record("load", type, "");
    }

    /** A member found by its name. */
    public static void looked(Member member) {
        record("member", member.getDeclaringClass(), member);
    }

    /** A look at all members of a kind. */
    public static void listed(Class<?> type) {
        record("members", type, "");
    }

    /** A call of a method or a constructor, or the use of a field. */
    public static void used(Member member) {
        record("use", member.getDeclaringClass(), member);
    }

    /** A member that a method handle is made for. */
    public static void handled(Class<?> type, String name, Object shape) {
        record("handle", type, new Handle(name, shape));
    }

    /** A constructor that a method handle is made for. */
    public static void handledConstructor(Class<?> type, MethodType shape) {
        record("handle", type, new Handle("<init>", shape));
    }

    /** An array made of a type that only the running program knows. */
    public static void arrayed(Class<?> component) {
        record("array", component, "");
    }

    /** A proxy made for interfaces. */
    public static void proxied(Class<?>[] interfaces) {
        for (Class<?> one : interfaces) {
            record("proxy", one, new Interfaces(interfaces));
        }
    }

    /** A class that is written or read by Java's serialization. */
    public static void serialized(Class<?> type) {
        record("serialize", type, "");
    }

    /** A class made out of bytes, or out of a lambda's parts. */
    public static void defined() {
        record("define", null, "");
    }

    /** A resource that was found. */
    public static void opened(Object found, String name) {
        if (found != null) {
            record("resource", null, name);
        }
    }

    private record Handle(String name, Object shape) {}

    private record Interfaces(Class<?>[] all) {}

    private static void record(String kind, Class<?> type, Object detail) {
        if (file == null || BUSY.get() != null) {
            return;
        }
        BUSY.set(kind);
        try {
            Place place = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                    .walk(new Search());
            if (place == null) {
                return;
            }
            StringBuilder line = new StringBuilder(200);
            line.append(kind)
                    .append('\t')
                    .append(type == null ? "" : type.getName())
                    .append('\t');
            describe(line, detail);
            line.append('\t').append(place.caller).append('\t').append(place.via);
            if (!RECORDED.add(line.toString())) {
                return;
            }
            file.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            throw new Error("the recorder failed", e);
        } finally {
            BUSY.remove();
        }
    }

    private static void describe(StringBuilder line, Object detail) {
        if (detail instanceof Field field) {
            line.append(field.getName());
        } else if (detail instanceof Executable executable) {
            line.append(executable instanceof Constructor<?> ? "<init>" : executable.getName());
            parameters(line, executable.getParameterTypes());
        } else if (detail instanceof Handle handle) {
            line.append(handle.name);
            if (handle.shape instanceof MethodType shape) {
                parameters(line, shape.parameterArray());
            }
        } else if (detail instanceof Interfaces interfaces) {
            parameters(line, interfaces.all);
        } else {
            line.append(detail);
        }
    }

    private static void parameters(StringBuilder line, Class<?>[] types) {
        line.append('(');
        for (int i = 0; i < types.length; i++) {
            line.append(i == 0 ? "" : ",").append(types[i].getName());
        }
        line.append(')');
    }

    /**
     * Where an access came from.
     *
     * @param via the part of the JDK that had been called there and did it, empty if the access was the call
     */
    private record Place(String caller, String via) {}

    /** Looks for the first code outside of the JDK; finds nothing while a class is initialized. */
    private static final class Search implements Function<Stream<StackWalker.StackFrame>, Place> {
        @Override
        public Place apply(Stream<StackWalker.StackFrame> frames) {
            StackWalker.StackFrame caller = null;
            StackWalker.StackFrame via = null;
            int depth = 0;
            for (Iterator<StackWalker.StackFrame> i = frames.iterator(); i.hasNext(); ) {
                StackWalker.StackFrame frame = i.next();
                Class<?> type = frame.getDeclaringClass();
                if (type == Recorder.class) {
                    continue;
                }
                if (!isOfTheJdk(type)) {
                    if (frame.getMethodName().equals("<clinit>") && !isInitializedLate(type.getName())) {
                        return null;
                    }
                    caller = caller == null ? frame : caller;
                } else if (caller == null) {
                    // The JVM links an instruction: no reflection of the program.
                    if (type.getName().equals("java.lang.invoke.MethodHandleNatives")) {
                        return null;
                    }
                    via = frame;
                    depth++;
                }
            }
            return caller == null ? null : new Place(at(caller), depth > 1 ? name(via) : "");
        }

        private static boolean isOfTheJdk(Class<?> type) {
            ClassLoader loader = type.getClassLoader();
            return loader == null || loader == ClassLoader.getPlatformClassLoader();
        }

        private static boolean isInitializedLate(String type) {
            for (String start : late) {
                if (type.startsWith(start)) {
                    return true;
                }
            }
            return false;
        }

        /** Not the method's types: to tell them the JVM may load one of them, which can be the one being loaded. */
        private static String at(StackWalker.StackFrame frame) {
            return new StringBuilder(100)
                    .append(name(frame))
                    .append('@')
                    .append(frame.getByteCodeIndex())
                    .toString();
        }

        private static String name(StackWalker.StackFrame frame) {
            return new StringBuilder(100)
                    .append(frame.getClassName())
                    .append('#')
                    .append(frame.getMethodName())
                    .toString();
        }
    }
}
