using System.Globalization;
using System.Text;
using Millwright.Performance.Profiles;

namespace Millwright.Tests.Performance.Profiles;

/// <summary>Profiles as text.</summary>
internal static class ProfileText
{
    /// <summary>Tables in which each call takes a constant time, µs, whatever it works on.</summary>
    public static Dictionary<string, string> Constant(double dense, double head, double attention, double? experts = null)
    {
        string D(double value) => value.ToString(CultureInfo.InvariantCulture);
        StringBuilder layers = new("layer,tokens,time_us\n");
        foreach (string name in (string[])["embedding", "layernorm", "qkv_proj", "rotary_emb", "o_proj", "gate_up_proj", "act_fn", "down_proj", "final_layernorm"])
        {
            layers.Append(CultureInfo.InvariantCulture, $"{name},1,{D(dense)}\n{name},2048,{D(dense)}\n");
        }

        Dictionary<string, string> files = new(StringComparer.Ordinal)
        {
            ["dense.csv"] = layers.ToString(),
            ["per_sequence.csv"] = $"layer,sequences,time_us\nlm_head,1,{D(head)}\nsampler,1,{D(head)}\n",
            ["attention.csv"] = $"prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n0,0,1,16,{D(attention)}\n16,0,0,0,{D(attention)}\n16,0,1,16,{D(attention)}\n",
        };
        if (experts is { } time)
        {
            files["moe.csv"] = $"tokens,activated_experts,time_us\n1,8,{D(time)}\n";
        }

        return files;
    }

    public static LayerProfile Read(IReadOnlyDictionary<string, string> files) =>
        LayerProfile.Read(name => files.TryGetValue(name, out string? text) ? new StringReader(text) : null);

    /// <summary>Some rows of measured timings of Llama-3.1-8B on an RTX PRO 6000 (Serving/Data/README.md).</summary>
    public static LayerProfile Llama() => LayerProfile.Read(name =>
        typeof(ProfileText).Assembly.GetManifestResourceStream("profile/" + name) is { } stream ? new StreamReader(stream) : null);
}
