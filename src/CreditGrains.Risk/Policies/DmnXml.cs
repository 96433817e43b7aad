using System.Xml;
using System.Xml.Linq;

namespace CreditGrains.Risk.Policies;

/// <summary>The XML of a DMN file, read without document types, entities or anything fetched, within bounds of size and depth.</summary>
internal static class DmnXml
{
    private const int CharactersMax = 16 << 20;
    private const int DepthMax = 100;

    /// <summary>Namespaces of DMN 1.1 to 1.5; what differs between them does not matter here.</summary>
    private static readonly string[] Namespaces =
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ];

    /// <summary>Reads the definitions.</summary>
    /// <exception cref="PolicyFault">It is no XML, is too large, or is no DMN.</exception>
    public static XElement Read(TextReader text)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = CharactersMax };
        try
        {
            var content = ReadBounded(text);
            if (content.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase)) throw new PolicyFault("DocumentTypeRefused", "the file declares a document type; save the model without one");
            CheckDepth(content, settings);
            using var reader = XmlReader.Create(new StringReader(content), settings);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            if (root.Name.LocalName != "definitions") throw Fault(root, "NoDmn", $"the document is a '{root.Name.LocalName}'; a DMN file has 'definitions'");
            if (!Namespaces.Contains(root.Name.NamespaceName)) throw Fault(root, "UnknownVersion", $"the namespace '{root.Name.NamespaceName}' is of no DMN 1.1 to 1.5; save the model as DMN 1.3");
            return root;
        }
        catch (XmlException e)
        {
            throw new PolicyFault("MalformedXml", e.Message, e.LineNumber);
        }
    }

    /// <summary>Children of a name, in the DMN namespace of the document.</summary>
    public static IEnumerable<XElement> Children(this XElement element, string name) => element.Elements(element.Name.Namespace + name);

    /// <summary>The child of a name; null when there is none.</summary>
    public static XElement? Child(this XElement element, string name) => element.Element(element.Name.Namespace + name);

    /// <summary>The text of a child's text; null when there is no such child.</summary>
    public static string? TextOf(this XElement element, string name) => element.Child(name) is { } child ? child.Child("text")?.Value ?? "" : null;

    /// <summary>An attribute; null when it is missing.</summary>
    public static string? Get(this XElement element, string name) => element.Attribute(name)?.Value;

    /// <summary>An attribute that must be there.</summary>
    public static string Need(this XElement element, string name) =>
        element.Get(name) is { Length: > 0 } value ? value : throw Fault(element, "MissingAttribute", $"'{element.Name.LocalName}' has no '{name}'; give it one");

    /// <summary>What a reference points to: the id behind its last #.</summary>
    public static string Target(this XElement element)
    {
        var href = element.Need("href");
        var mark = href.LastIndexOf('#');
        if (mark > 0) throw Fault(element, "UnsupportedImport", $"'{href}' is in another model; put it into this one");
        return href[(mark + 1)..];
    }

    /// <summary>Line of an element, from 1.</summary>
    public static int LineOf(XObject at) => ((IXmlLineInfo)at).LineNumber;

    public static PolicyFault Fault(XObject at, string name, string message)
    {
        var line = (at as IXmlLineInfo)?.LineNumber ?? 0;
        var element = (at as XElement)?.AncestorsAndSelf().Select(e => e.Get("id") ?? e.Get("name")).FirstOrDefault(id => id is not null) ?? "";
        return new PolicyFault(name, message, line, element);
    }

    private static string ReadBounded(TextReader text)
    {
        var buffer = new char[8_192];
        var content = new System.Text.StringBuilder();
        for (int read; (read = text.Read(buffer)) > 0;)
        {
            content.Append(buffer, 0, read);
            if (content.Length > CharactersMax) throw new PolicyFault("FileTooLarge", $"the file has more than {CharactersMax} characters; no policy needs so many");
        }

        return content.ToString();
    }

    /// <summary>Refuses elements nested deeper than any model needs, before they are built.</summary>
    private static void CheckDepth(string content, XmlReaderSettings settings)
    {
        using var reader = XmlReader.Create(new StringReader(content), settings);
        while (reader.Read())
            if (reader.Depth > DepthMax) throw new PolicyFault("TooDeep", $"elements are nested more than {DepthMax} deep", ((IXmlLineInfo)reader).LineNumber);
    }
}
