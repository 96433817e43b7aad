using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace CreditGrains.Domain.Files;

/// <summary>
/// A part of a JSON file that knows its path. Every fault names the path and the fix; a name nobody asked for is a fault too, so that a misspelt word is not
/// silently left out. What a fault is thrown as, the kind of file says.
/// </summary>
/// <typeparam name="TPart">The parts of a kind of file.</typeparam>
public abstract class FilePart<TPart>
    where TPart : FilePart<TPart>
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    /// <summary>A part.</summary>
    /// <param name="element">What stands there.</param>
    /// <param name="path">Where: "tranches[2].coupon"; empty for the file.</param>
    protected FilePart(JsonElement element, string path) => (Element, Path) = (element, path);

    /// <summary>Where it stands: "tranches[2].coupon"; empty for the file.</summary>
    public string Path { get; }

    /// <summary>Whether it is an object.</summary>
    public bool IsObject => Element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether it is an array.</summary>
    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    /// <summary>Whether it is a text.</summary>
    public bool IsText => Element.ValueKind == JsonValueKind.String;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Element.ValueKind == JsonValueKind.Number;

    /// <summary>What stands there.</summary>
    protected JsonElement Element { get; }

    /// <summary>Whether a member is there; it counts as asked for. One that is null is not.</summary>
    public bool Has(string name)
    {
        NeedObject();
        asked.Add(name);
        return Element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A member that may be left out.</summary>
    public TPart? Optional(string name) => Has(name) ? Part(Element.GetProperty(name), Join(name)) : null;

    /// <summary>A member that must be there.</summary>
    public TPart Required(string name) => Optional(name) ?? throw FaultOf("FieldMissing", Join(name), "the field is missing; write it");

    /// <summary>The items of an array.</summary>
    public ImmutableArray<TPart> Items() => IsArray
        ? [.. Element.EnumerateArray().Select((item, i) => Part(item, string.Create(CultureInfo.InvariantCulture, $"{Path}[{i}]")))]
        : throw FaultHere("an array in [ ] belongs here");

    /// <summary>The names and values of an object whose names the author chooses; all count as asked for.</summary>
    public ImmutableArray<(string Name, TPart Value)> Members()
    {
        NeedObject();
        foreach (var member in Element.EnumerateObject()) asked.Add(member.Name);
        return [.. Element.EnumerateObject().Select(member => (member.Name, Part(member.Value, Join(member.Name))))];
    }

    /// <summary>A text.</summary>
    public string Text() => IsText ? Element.GetString()! : throw FaultHere("a text in \" \" belongs here");

    /// <summary>One of the names of an enum, in camel case.</summary>
    /// <param name="allowed">Which of them may stand here; null for all.</param>
    public T Choice<T>(Func<T, bool>? allowed = null)
        where T : struct, Enum
    {
        var text = Text();
        var values = Enum.GetValues<T>().Where(value => allowed is null || allowed(value)).ToArray();
        foreach (var value in values)
            if (string.Equals(JsonTexts.Camel(value.ToString()), text, StringComparison.Ordinal)) return value;
        throw FaultHere($"'{text}' is not known; write one of {string.Join(", ", values.Select(value => JsonTexts.Camel(value.ToString())))}");
    }

    /// <summary>To be called when all has been asked for; throws a fault when a name is left that nobody asked for.</summary>
    public void Done()
    {
        foreach (var member in Element.EnumerateObject())
            if (!asked.Contains(member.Name))
                throw FaultOf("FieldUnknown", Join(member.Name), $"the field is not known; here belong {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Throws a fault when an object of this part, however deep, has a field twice: which of the two was meant nobody can tell.</summary>
    protected void CheckNamedOnce()
    {
        if (IsArray)
        {
            foreach (var item in Items()) item.CheckNamedOnce();
        }
        else if (IsObject)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in Element.EnumerateObject())
            {
                if (!names.Add(member.Name)) throw FaultOf("FieldTwice", Join(member.Name), "the field stands twice; leave one of them out");
                if (member.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object) Part(member.Value, Join(member.Name)).CheckNamedOnce();
            }
        }
    }

    /// <summary>A part of the same kind.</summary>
    protected abstract TPart Part(JsonElement element, string path);

    /// <summary>A fault, as this kind of file throws it.</summary>
    /// <param name="name">Stable English name.</param>
    /// <param name="path">Where.</param>
    /// <param name="fault">What is wrong and how to mend it.</param>
    protected abstract Exception FaultOf(string name, string path, string fault);

    private Exception FaultHere(string fault) => FaultOf("FieldWrong", Path, fault);

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private void NeedObject()
    {
        if (!IsObject) throw FaultHere("an object in { } belongs here");
    }
}
