package dev.persona.server.rule;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Set;

/**
 * What the rules need of reflection in a native executable: what DRL names is found by its name when a rule is compiled.
 *
 * <p>Beside it stand {@code META-INF/native-image} for what can be called on values of the JDK, and {@code
 * quarkus.native.resources.includes}. {@code ClosedWorldIT} finds what is missing and says what to add.
 */
final class NativeReflection {
    private NativeReflection() {}

    /** Types of rules' patterns, and what rules call: MVEL and {@link AccessorMethods} look their methods up by name. */
    @RegisterForReflection(
            targets = {
                Activation.class,
                Consequences.class,
                Event.class,
                Instance.class,
                InstanceFacts.class,
                Metric.class,
                UserSession.class,
                Window.class
            })
    interface Facts {}

    /** Types of values: expressions that compute with them look the types up by name, and nothing in them. */
    @RegisterForReflection(
            targets = {Double.class, Number.class, Object.class},
            methods = false,
            fields = false)
    interface Values {}

    /** Types of values that rules call methods of. */
    @RegisterForReflection(
            targets = {Instant.class, Set.class},
            fields = false)
    interface CalledValues {}

    /** Types of the variables that Drools gives to every consequence of the mvel dialect. */
    @RegisterForReflection(
            classNames = {
                "org.drools.core.rule.consequence.KnowledgeHelper",
                "org.kie.api.definition.rule.Rule",
            })
    interface ConsequenceContext {}

    /** The stand-in for Eclipse's compiler that {@code JavaDialectConfiguration} makes, though no rule is Java. */
    @RegisterForReflection(classNames = "org.kie.memorycompiler.jdknative.NativeJavaCompiler")
    interface JavaDialect {}

    /**
     * Operators beyond those of the core: {@code org.drools.compiler.builder.impl.EvaluatorRegistry} makes all of them,
     * whatever a rule uses.
     */
    @RegisterForReflection(
            classNames = {
                "org.drools.mvel.evaluators.AfterEvaluatorDefinition",
                "org.drools.mvel.evaluators.BeforeEvaluatorDefinition",
                "org.drools.mvel.evaluators.CoincidesEvaluatorDefinition",
                "org.drools.mvel.evaluators.DuringEvaluatorDefinition",
                "org.drools.mvel.evaluators.FinishedByEvaluatorDefinition",
                "org.drools.mvel.evaluators.FinishesEvaluatorDefinition",
                "org.drools.mvel.evaluators.IncludesEvaluatorDefinition",
                "org.drools.mvel.evaluators.MeetsEvaluatorDefinition",
                "org.drools.mvel.evaluators.MetByEvaluatorDefinition",
                "org.drools.mvel.evaluators.OverlappedByEvaluatorDefinition",
                "org.drools.mvel.evaluators.OverlapsEvaluatorDefinition",
                "org.drools.mvel.evaluators.SoundslikeEvaluatorsDefinition",
                "org.drools.mvel.evaluators.StartedByEvaluatorDefinition",
                "org.drools.mvel.evaluators.StartsEvaluatorDefinition"
            })
    interface Operators {}

    /**
     * Functions of {@code accumulate}: {@code org.drools.compiler.rule.builder.util.AccumulateUtil} loads all that {@code
     * META-INF/kie.default.properties.conf} lists, whatever a rule uses.
     */
    @RegisterForReflection(
            classNames = {
                "org.drools.core.base.accumulators.AverageAccumulateFunction",
                "org.drools.core.base.accumulators.BigDecimalAverageAccumulateFunction",
                "org.drools.core.base.accumulators.BigDecimalMaxAccumulateFunction",
                "org.drools.core.base.accumulators.BigDecimalMinAccumulateFunction",
                "org.drools.core.base.accumulators.BigDecimalSumAccumulateFunction",
                "org.drools.core.base.accumulators.BigIntegerMaxAccumulateFunction",
                "org.drools.core.base.accumulators.BigIntegerMinAccumulateFunction",
                "org.drools.core.base.accumulators.BigIntegerSumAccumulateFunction",
                "org.drools.core.base.accumulators.CollectListAccumulateFunction",
                "org.drools.core.base.accumulators.CollectSetAccumulateFunction",
                "org.drools.core.base.accumulators.CountAccumulateFunction",
                "org.drools.core.base.accumulators.IntegerMaxAccumulateFunction",
                "org.drools.core.base.accumulators.IntegerMinAccumulateFunction",
                "org.drools.core.base.accumulators.IntegerSumAccumulateFunction",
                "org.drools.core.base.accumulators.LongMaxAccumulateFunction",
                "org.drools.core.base.accumulators.LongMinAccumulateFunction",
                "org.drools.core.base.accumulators.LongSumAccumulateFunction",
                "org.drools.core.base.accumulators.MaxAccumulateFunction",
                "org.drools.core.base.accumulators.MinAccumulateFunction",
                "org.drools.core.base.accumulators.NumericMaxAccumulateFunction",
                "org.drools.core.base.accumulators.NumericMinAccumulateFunction",
                "org.drools.core.base.accumulators.StandardDeviationAccumulateFunction",
                "org.drools.core.base.accumulators.SumAccumulateFunction",
                "org.drools.core.base.accumulators.VarianceAccumulateFunction"
            })
    interface AccumulateFunctions {}
}
