using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace CreditGrains.Dashboard.Texts;

/// <summary>The words of the pages in one language, from Texts/*.json. Every language has every key; a test holds it.</summary>
public sealed class Words
{
    private static readonly FrozenDictionary<string, Words> ByLanguage = new[] { "en", "zh" }.Select(Load).ToFrozenDictionary(words => words.Language, StringComparer.Ordinal);
    private readonly FrozenDictionary<string, string> texts;

    private Words(string language, FrozenDictionary<string, string> texts)
    {
        Language = language;
        this.texts = texts;
    }

    /// <summary>The languages there are, as ISO 639-1 codes.</summary>
    public static IReadOnlyList<string> Languages => ["en", "zh"];

    /// <summary>ISO 639-1 code.</summary>
    public string Language { get; }

    /// <summary>All keys of this language.</summary>
    public IReadOnlyCollection<string> Keys => texts.Keys;

    /// <summary>A text. An unknown key is a bug and shows itself.</summary>
    public string this[string key] => texts.TryGetValue(key, out var text) ? text : $"[{key}]";

    /// <summary>A text with values in its places {0}, {1} …</summary>
    public string Of(string key, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>A text if there is one, else what was given.</summary>
    public string Or(string key, string otherwise) => texts.GetValueOrDefault(key, otherwise);

    /// <summary>The words of a language; English for one that is not there.</summary>
    public static Words In(string? language) => ByLanguage.GetValueOrDefault(language ?? "en", ByLanguage["en"]);

    /// <summary>The language a browser asks for, from its Accept-Language header.</summary>
    public static string Preferred(string? acceptLanguage)
    {
        foreach (var part in (acceptLanguage ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var code = part.Split(';')[0].Split('-')[0].ToLowerInvariant();
            if (ByLanguage.ContainsKey(code)) return code;
        }
        return "en";
    }

    private static Words Load(string language)
    {
        using var stream = typeof(Words).Assembly.GetManifestResourceStream($"texts/{language}.json")!;
        return new Words(language, JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!.ToFrozenDictionary(StringComparer.Ordinal));
    }
}
