package dev.persona.server.rule;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.drools.base.base.ValueResolver;
import org.drools.base.base.ValueType;
import org.drools.base.base.extractors.BaseObjectClassFieldReader;
import org.drools.base.base.extractors.SelfReferenceClassFieldReader;
import org.drools.base.rule.accessor.ReadAccessor;
import org.drools.base.rule.accessor.WriteAccessor;
import org.drools.core.base.ClassFieldAccessorCache;
import org.drools.core.base.FieldAccessorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads a fact's fields in DRL by calling its accessor methods, where Drools would define a class for each field.
 *
 * <p>The same way on the JVM and in a native executable, so that both take the same rules.
 */
public final class AccessorMethods implements FieldAccessorFactory {

    /** Above that of the factory that comes with Drools. */
    @Override
    public int servicePriority() {
        return 1;
    }

    /** Null if the type has no such field: Drools then looks for a variable of that name. */
    @Override
    public @Nullable ReadAccessor getClassFieldReader(
            Class<?> type, String field, ClassFieldAccessorCache.CacheEntry cache) {
        if (field.equals("this")) {
            return new SelfReferenceClassFieldReader(type);
        }
        String capitalized = Character.toUpperCase(field.charAt(0)) + field.substring(1);
        for (String name : List.of(field, "get" + capitalized, "is" + capitalized)) {
            try {
                return new Reader(type.getMethod(name));
            } catch (NoSuchMethodException e) {
                // The next name, then.
            }
        }
        return null;
    }

    @Override
    public WriteAccessor getClassFieldWriter(Class<?> type, String field, ClassFieldAccessorCache.CacheEntry cache) {
        throw new UnsupportedOperationException(
                "`" + type.getSimpleName() + "." + field + "` can't be written by rules");
    }

    /** One field, read by its accessor. */
    static final class Reader extends BaseObjectClassFieldReader {
        private static final long serialVersionUID = 1L;

        private final transient Method accessor;

        Reader(Method accessor) {
            super(0, accessor.getReturnType(), ValueType.determineValueType(accessor.getReturnType()));
            this.accessor = accessor;
        }

        @Override
        public Object getValue(ValueResolver resolver, Object fact) {
            try {
                return accessor.invoke(fact);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("`" + accessor.getName() + "` of a fact can't be read", e);
            }
        }

        @Override
        public Method getNativeReadMethod() {
            return accessor;
        }

        @Override
        public String getNativeReadMethodName() {
            return accessor.getName();
        }
    }
}
