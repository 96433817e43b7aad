using CreditGrains.Risk.Policies;

namespace CreditGrains.Risk.Feel;

/// <content>Types, as "instance of" and parameters name them.</content>
internal sealed partial class FeelParser
{
    /// <summary>A type: of FEEL, of the model, or list, range, context or function of types (DMN 1.3 grammar rules 52 to 54).</summary>
    private PolicyType ReadType()
    {
        if (++depth > DepthMax) throw Fault("ExpressionTooDeep", $"a type nested more than {DepthMax} deep");
        var type = ReadTypeBody();
        depth--;
        return type;
    }

    private PolicyType ReadTypeBody()
    {
        if (TryGeneric("list"))
        {
            var element = ReadType();
            Expect(">", TrySign(">"));
            return element.AsList($"list<{element.Name}>");
        }

        if (TryGeneric("range"))
        {
            var ends = ReadType();
            Expect(">", TrySign(">"));
            return PolicyType.RangeOf(ends);
        }

        if (TryGeneric("context"))
        {
            var parts = new List<(string, PolicyType)>();
            if (TrySign(">")) return PolicyType.Simple(FeelKind.Context, "context<>");
            do
            {
                var name = ReadKey();
                Expect(":", TrySign(":"));
                parts.Add((name, ReadType()));
            }
            while (TrySign(","));
            Expect(">", TrySign(">"));
            return PolicyType.Structure($"context<{string.Join(", ", parts.Select(part => part.Item1))}>", parts);
        }

        if (TryGeneric("function"))
        {
            var parameters = new List<PolicyType>();
            if (!TrySign(">"))
            {
                do parameters.Add(ReadType());
                while (TrySign(","));
                Expect(">", TrySign(">"));
            }

            Expect("->", TrySign("->"));
            return PolicyType.FunctionOf(parameters, ReadType());
        }

        Skip();
        if (scope.TypeAt(text, at, out var end) is not { } type) throw Fault("UnknownType", "there is no such type; name one of FEEL (number, string, boolean, date, …) or an item definition of the model");
        at = end;
        return type;
    }

    private bool TryGeneric(string word)
    {
        var start = at;
        if (TryWord(word) && TrySign("<")) return true;
        at = start;
        return false;
    }
}
