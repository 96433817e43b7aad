using System.Runtime.CompilerServices;

namespace CreditGrains.Risk.Feel;

/// <summary>A decision that takes more work than any policy needs: it is given up.</summary>
public sealed class FeelOverrunException(string message) : InvalidOperationException(message);

/// <summary>What one decision may cost, so that a hostile policy cannot hold up or end the thread that decides: steps of loops, filters and calls, and calls within calls.</summary>
internal static class FeelBudget
{
    /// <summary>Steps of one decision asked for by itself.</summary>
    public const int StepsMax = 1_000_000;

    /// <summary>Steps of one decision among many, as the engine's writer takes them: a few milliseconds at most.</summary>
    public const int SessionStepsMax = 50_000;

    private const int CallsMax = 100;

    [ThreadStatic]
    private static int spent;

    [ThreadStatic]
    private static int most;

    [ThreadStatic]
    private static int calls;

    /// <summary>Begins a decision on this thread.</summary>
    /// <param name="stepsMax">What it may take.</param>
    public static void Begin(int stepsMax = StepsMax) => (spent, most, calls) = (0, stepsMax, 0);

    /// <summary>Takes steps.</summary>
    /// <exception cref="FeelOverrunException">There are none left.</exception>
    public static void Spend(int count)
    {
        if (most == 0) most = StepsMax;
        spent += count;
        if (spent <= most && spent >= 0) return;
        spent = 0;
        throw new FeelOverrunException($"the decision takes more than {most} steps of loops, filters and calls; make its lists shorter");
    }

    /// <summary>Takes what walking over a value costs.</summary>
    public static void SpendOn(in FeelValue value)
    {
        if (value.Kind == FeelKind.Text) Spend(value.Text.Length / 64);
        else if (value.Kind == FeelKind.List) Spend(value.Items.Count / 16);
    }

    /// <summary>Enters a call.</summary>
    /// <exception cref="FeelOverrunException">It is too deep.</exception>
    public static void Enter()
    {
        Spend(1);
        if (++calls <= CallsMax && RuntimeHelpers.TryEnsureSufficientExecutionStack()) return;
        calls--;
        throw new FeelOverrunException($"calls are nested more than {CallsMax} deep; a function may not call itself without end");
    }

    /// <summary>Leaves it.</summary>
    public static void Leave() => calls--;
}
