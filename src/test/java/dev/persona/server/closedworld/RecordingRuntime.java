package dev.persona.server.closedworld;

import dev.persona.server.closedworld.recorder.Recorder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A folder of classes that, laid over {@code java.base}, make a program write down its reflective accesses.
 *
 * <p>The classes are this JVM's own, with a call of the {@link Recorder} in each method by which a program reflects.
 */
final class RecordingRuntime {
    private static final String RECORDER = Type.getInternalName(Recorder.class);
    private static final Set<String> LOOKUPS = Set.of(
            "getMethod",
            "getDeclaredMethod",
            "getField",
            "getDeclaredField",
            "getConstructor",
            "getDeclaredConstructor");
    private static final Set<String> LISTINGS = Set.of(
            "getMethods",
            "getDeclaredMethods",
            "getFields",
            "getDeclaredFields",
            "getConstructors",
            "getDeclaredConstructors",
            "getRecordComponents",
            "getPermittedSubclasses",
            "getDeclaredClasses",
            "getClasses");
    private static final Set<String> HANDLES = Set.of(
            "findVirtual",
            "findStatic",
            "findSpecial",
            "findGetter",
            "findSetter",
            "findStaticGetter",
            "findStaticSetter",
            "findVarHandle",
            "findStaticVarHandle");

    private RecordingRuntime() {}

    /** Writes the classes. */
    static void write(Path folder) throws IOException {
        for (Map.Entry<String, Hooks> patch : patches().entrySet()) {
            write(folder, patch.getKey(), patched(patch.getKey(), patch.getValue()));
        }
        List<Class<?>> recorder = new ArrayList<>(List.of(Recorder.class.getDeclaredClasses()));
        recorder.add(Recorder.class);
        for (int i = 0; i < recorder.size(); i++) {
            write(folder, Type.getInternalName(recorder.get(i)), bytes(recorder.get(i)));
            if (recorder.get(i) != Recorder.class) {
                recorder.addAll(List.of(recorder.get(i).getDeclaredClasses()));
            }
        }
    }

    /**
     * The options of {@code java} that record.
     *
     * @param runtime the folder of {@link #write}
     * @param accesses where accesses are written; a dot and the number of the process are added
     * @param classes where loaded classes are written, likewise
     * @param late what is initialized at run time in a native executable: starts of class names, with commas between
     */
    static List<String> options(Path runtime, Path accesses, Path classes, String late) {
        return List.of(
                "--patch-module=java.base=" + runtime,
                "--add-opens=java.base/java.lang=ALL-UNNAMED", // as the manifest of quarkus-run.jar has it
                "-D" + Recorder.FILE + "=" + accesses,
                "-D" + Recorder.LATE + "=" + late,
                "-Xlog:class+load=info:file=" + classes + ".%p:tags:filecount=0");
    }

    private static Map<String, Hooks> patches() {
        Map<String, Hooks> patches = new LinkedHashMap<>();
        patches.put("sun/launcher/LauncherHelper", (method, code) -> {
            if (method.name.equals("checkAndLoadMain")) {
                code.atStart("begin");
            }
        });
        patches.put("java/lang/Class", (method, code) -> {
            if (method.name.equals("forName") && method.isPublic()) {
                code.atEnd("found", "Ljava/lang/Class;");
            } else if (LOOKUPS.contains(method.name) && method.isPublic()) {
                code.atEnd("looked", "Ljava/lang/reflect/Member;");
            } else if (LISTINGS.contains(method.name) && method.isPublic()) {
                code.atStart("listed", "Ljava/lang/Class;", 0);
            } else if (Set.of("getResource", "getResourceAsStream").contains(method.name)) {
                code.atEndWithArgument("opened");
            }
        });
        patches.put("java/lang/ClassLoader", (method, code) -> {
            if (method.is("loadClass", "(Ljava/lang/String;)Ljava/lang/Class;")) {
                code.atEnd("loaded", "Ljava/lang/Class;");
            } else if (Set.of("getResource", "getResourceAsStream", "getResources")
                            .contains(method.name)
                    && method.isPublic()) {
                code.atEndWithArgument("opened");
            }
        });
        Hooks uses = (method, code) -> {
            boolean field = method.owner.endsWith("/Field")
                    && method.name.matches("[gs]et(Boolean|Byte|Char|Short|Int|Long|Float|Double)?")
                    && !method.descriptor.equals("()Z");
            if (method.isPublic() && (field || Set.of("invoke", "newInstance").contains(method.name))) {
                code.atStart("used", "Ljava/lang/reflect/Member;", 0);
            }
        };
        patches.put("java/lang/reflect/Method", uses);
        patches.put("java/lang/reflect/Constructor", uses);
        patches.put("java/lang/reflect/Field", uses);
        patches.put("java/lang/reflect/Proxy", (method, code) -> {
            if (method.name.equals("newProxyInstance") && method.isPublic()) {
                code.atStart("proxied", "[Ljava/lang/Class;", 1);
            }
        });
        patches.put("java/lang/reflect/Array", (method, code) -> {
            if (method.name.equals("newInstance")) {
                code.atStart("arrayed", "Ljava/lang/Class;", 0);
            }
        });
        patches.put("java/lang/invoke/MethodHandles$Lookup", (method, code) -> {
            if (!method.isPublic()) {
                return;
            }
            if (HANDLES.contains(method.name)) {
                code.handled();
            } else if (method.name.equals("findConstructor")) {
                code.handledConstructor();
            } else if (method.name.equals("findClass")) {
                code.atEnd("found", "Ljava/lang/Class;");
            } else if (method.name.startsWith("unreflect")) {
                code.atStart("used", "Ljava/lang/reflect/Member;", 1);
            } else if (method.name.startsWith("define")) {
                code.atStart("defined");
            }
        });
        patches.put("java/lang/invoke/LambdaMetafactory", (method, code) -> {
            if (method.isPublic() && !method.name.equals("<init>")) {
                code.atStart("defined");
            }
        });
        patches.put("java/io/ObjectStreamClass", (method, code) -> {
            if (method.is("lookup", "(Ljava/lang/Class;Z)Ljava/io/ObjectStreamClass;")) {
                code.atStart("serialized", "Ljava/lang/Class;", 0);
            }
        });
        return patches;
    }

    /** Decides which calls go into a method. */
    private interface Hooks {
        void choose(Patched method, Code code);
    }

    private record Patched(String owner, int access, String name, String descriptor) {
        boolean isPublic() {
            return (access & Opcodes.ACC_PUBLIC) != 0;
        }

        boolean is(String otherName, String otherDescriptor) {
            return name.equals(otherName) && descriptor.equals(otherDescriptor);
        }
    }

    /** A method into which calls are put. */
    private static final class Code extends MethodVisitor {
        private Runnable start = () -> {};
        private Runnable end = () -> {};

        Code(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        void atStart(String hook) {
            start = () -> call(hook, "()V");
        }

        /** @param local the variable that the hook gets */
        void atStart(String hook, String type, int local) {
            start = () -> {
                visitVarInsn(Opcodes.ALOAD, local);
                call(hook, "(" + type + ")V");
            };
        }

        void handled() {
            start = () -> {
                visitVarInsn(Opcodes.ALOAD, 1);
                visitVarInsn(Opcodes.ALOAD, 2);
                visitVarInsn(Opcodes.ALOAD, 3);
                call("handled", "(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/Object;)V");
            };
        }

        void handledConstructor() {
            start = () -> {
                visitVarInsn(Opcodes.ALOAD, 1);
                visitVarInsn(Opcodes.ALOAD, 2);
                call("handledConstructor", "(Ljava/lang/Class;Ljava/lang/invoke/MethodType;)V");
            };
        }

        /** The hook gets what is returned. */
        void atEnd(String hook, String type) {
            end = () -> {
                super.visitInsn(Opcodes.DUP);
                call(hook, "(" + type + ")V");
            };
        }

        /** The hook gets what is returned, and the first argument, a text. */
        void atEndWithArgument(String hook) {
            end = () -> {
                super.visitInsn(Opcodes.DUP);
                visitVarInsn(Opcodes.ALOAD, 1);
                call(hook, "(Ljava/lang/Object;Ljava/lang/String;)V");
            };
        }

        private void call(String hook, String descriptor) {
            visitMethodInsn(Opcodes.INVOKESTATIC, RECORDER, hook, descriptor, false);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            start.run();
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.ARETURN) {
                end.run();
            }
            super.visitInsn(opcode);
        }
    }

    private static byte[] patched(String name, Hooks hooks) throws IOException {
        ClassReader reader = new ClassReader(bytes("/" + name + ".class"));
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String method, String descriptor, String signature, String[] exceptions) {
                        Code code = new Code(super.visitMethod(access, method, descriptor, signature, exceptions));
                        hooks.choose(new Patched(name, access, method, descriptor), code);
                        return code;
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        return bytes("/" + Type.getInternalName(type) + ".class");
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream stream = Object.class.getResourceAsStream(resource)) {
            if (stream != null) {
                return stream.readAllBytes();
            }
        }
        try (InputStream stream = RecordingRuntime.class.getResourceAsStream(resource)) {
            return stream.readAllBytes();
        }
    }

    private static void write(Path folder, String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
