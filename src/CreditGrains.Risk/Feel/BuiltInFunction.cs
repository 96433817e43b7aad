namespace CreditGrains.Risk.Feel;

/// <summary>
/// One of FEEL's own functions. Its signatures are written as the standard has them, such as <c>substring(string, start position, length?)</c>: ? may be left out, ... takes any number,
/// and * before a name takes a list as it is, where for other parameters a list of one stands for that one (DMN 1.3 §10.3.2.9.4).
/// </summary>
internal sealed class BuiltInFunction : FeelCallable
{
    private readonly Signature[] signatures;
    private readonly Func<FeelValue[], FeelValue> body;

    public BuiltInFunction(string name, string parameters, Func<FeelValue[], FeelValue> body)
        : base(name)
    {
        this.body = body;
        signatures = [.. parameters.Split('|').Select(Signature.Read)];
    }

    /// <summary>How it is called.</summary>
    public string Usage => string.Join(" or ", signatures.Select(signature => $"{Name}({signature})"));

    public override bool Takes(int count) => Of(count) is not null;

    public override FeelValue Call(FeelValue[] arguments)
    {
        if (Of(arguments.Length) is not { } signature) return FeelValue.Null;
        for (var i = 0; i < arguments.Length; i++) FeelBudget.SpendOn(arguments[i]);
        if (signature.IsVariadic) return body(arguments);
        for (var i = 0; i < arguments.Length; i++)
            if (!signature.TakesLists[i] && arguments[i].Kind == FeelKind.List && arguments[i].Items.Count == 1) arguments[i] = arguments[i].Items[0];
        return body(arguments);
    }

    public override int[]? Arrange(IReadOnlyList<string> names) => signatures.Select(signature => signature.Arrange(names)).FirstOrDefault(places => places is not null);

    private Signature? Of(int count)
    {
        foreach (var signature in signatures)
            if (count >= signature.Needed && (signature.IsVariadic || count <= signature.Names.Length)) return signature;
        return null;
    }

    private sealed record Signature(string[] Names, bool[] TakesLists, int Needed, bool IsVariadic)
    {
        public static Signature Read(string text)
        {
            var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return new Signature(
                [.. parts.Select(part => part.Trim('*', '?', '.'))], [.. parts.Select(part => part.StartsWith('*'))], parts.Count(part => !part.EndsWith('?')),
                parts.Length > 0 && parts[^1].EndsWith("...", StringComparison.Ordinal));
        }

        public int[]? Arrange(IReadOnlyList<string> names)
        {
            var places = new int[Names.Length];
            var last = -1;
            for (var p = 0; p < places.Length; p++)
            {
                places[p] = -1;
                for (var i = 0; i < names.Count; i++)
                    if (names[i] == Names[p]) places[p] = places[p] < 0 ? i : int.MaxValue;
                if (places[p] == int.MaxValue || (places[p] < 0 && p < Needed)) return null;
                if (places[p] >= 0) last = p;
            }

            return places.Count(place => place >= 0) == names.Count ? places[..(last + 1)] : null;
        }

        public override string ToString() => string.Join(", ", Names.Select((name, i) => i >= Needed ? name + "?" : IsVariadic && i == Names.Length - 1 ? name + "..." : name));
    }
}
