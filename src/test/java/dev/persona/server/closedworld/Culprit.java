package dev.persona.server.closedworld;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.util.stream.IntStream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** A program that does on purpose what a native executable can only do if it was told so, or not at all. */
final class Culprit {
    private static final String MADE = "dev/persona/server/closedworld/Made";

    private Culprit() {}

    public static void main(String[] deed) throws Exception {
        switch (deed[0]) {
            case "reflect" -> reflect(Culprit.class.getName() + "$Subject");
            case "gather" -> gather();
            case "define" -> MethodHandles.lookup().defineClass(made());
            case "load" -> new Loader().made();
            case "innocent" -> {
                int sum =
                        IntStream.range(0, 3).map(i -> i * Early.NAME.length()).sum();
                System.out.println("sum " + sum);
            }
            default -> throw new IllegalArgumentException(deed[0]);
        }
    }

    private static void reflect(String name) throws ReflectiveOperationException {
        Class<?> type = Class.forName(name);
        Object subject = type.getDeclaredConstructor().newInstance();
        type.getDeclaredMethod("answer", int.class).invoke(subject, 1);
        type.getDeclaredField("count").get(subject);
    }

    private static void gather() throws Exception {
        Culprit.class.getResource("/application.properties").openStream().close();
        Proxy.newProxyInstance(
                Culprit.class.getClassLoader(), new Class<?>[] {Runnable.class}, (proxy, method, arguments) -> null);
        new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(new Subject());
    }

    private static byte[] made() {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_SUPER, MADE, null, "java/lang/Object", null);
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** What is reflected on. */
    static final class Subject implements Serializable {
        private static final long serialVersionUID = 1L;

        int count;

        int answer(int question) {
            return question + count;
        }
    }

    /** Reflects while it is initialized, which an executable has behind it. */
    private static final class Early {
        static final String NAME = name();

        private static String name() {
            try {
                return Class.forName(Culprit.class.getName() + "$Subject")
                        .getDeclaredMethods()[0]
                        .getName();
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Makes a class out of bytes. */
    private static final class Loader extends ClassLoader {
        void made() {
            byte[] bytes = Culprit.made();
            defineClass(MADE.replace('/', '.'), bytes, 0, bytes.length);
        }
    }
}
