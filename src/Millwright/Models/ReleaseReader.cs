using Millwright.Operators;

namespace Millwright.Models;

/// <summary>Reads in which precision the weights are released, from quantization_config and expert_dtype.</summary>
internal static class ReleaseReader
{
    /// <summary>Reads the precision.</summary>
    public static ReleaseFormat Read(ConfigFields outer, ConfigFields text)
    {
        var format = ReadQuantisation(text.Object("quantization_config") ?? outer.Object("quantization_config"));
        return text.Text("expert_dtype") switch
        {
            null => format,
            "fp4" => new ReleaseFormat(OperandPrecision.Fp4, format.Precision, WeightFormat.Mxfp4Bytes, format.Dense, OperandPrecision.Mxfp4),
            "fp8" => format with { Precision = OperandPrecision.Fp8, Experts = OperandPrecision.Fp8 },
            "bf16" or "bfloat16" => format,
            var other => throw text.Fault("expert_dtype", $"must be fp4, fp8 or bfloat16, found '{other}'"),
        };
    }

    private static ReleaseFormat ReadQuantisation(ConfigFields? quantisation)
    {
        if (quantisation is null)
        {
            return Uniform(OperandPrecision.Bf16, OperandPrecision.Bf16);
        }

        const string Known = "fp8, fbgemm_fp8, mxfp4, compressed-tensors, modelopt, awq, gptq";
        return quantisation.Text("quant_method") switch
        {
            "fp8" => Uniform(OperandPrecision.Fp8, quantisation.Has("weight_block_size") ? OperandPrecision.Fp8Block : OperandPrecision.Fp8),
            "fbgemm_fp8" => Uniform(OperandPrecision.Fp8, OperandPrecision.Fp8),

            // MXFP4 releases quantise the routed experts alone
            "mxfp4" => new ReleaseFormat(
                OperandPrecision.Fp4, OperandPrecision.Bf16, WeightFormat.Mxfp4Bytes, OperandPrecision.Bf16, OperandPrecision.Mxfp4),
            "compressed-tensors" => ReadCompressedTensors(quantisation),
            "modelopt" => ReadModelOptimizer(quantisation),
            "awq" or "gptq" => ReadIntegers(quantisation),
            null => throw quantisation.Fault("quant_method", $"is missing; known: {Known}"),
            var other => throw quantisation.Fault("quant_method", $"is '{other}', which is not known; known: {Known}"),
        };
    }

    private static ReleaseFormat ReadIntegers(ConfigFields quantisation)
    {
        var precision = OfBits(quantisation, "bits", quantisation.Size("bits"));
        return Uniform(precision, Integers(precision));
    }

    private static ReleaseFormat ReadCompressedTensors(ConfigFields quantisation)
    {
        var groups = quantisation.Object("config_groups") ?? throw quantisation.Fault("config_groups", "is missing; it must be an object of groups");
        var precision = OperandPrecision.Bf16;
        var fine = OperandPrecision.Bf16;
        var found = false;
        foreach (var group in groups.Objects())
        {
            if (group.Object("weights") is { } weights)
            {
                // the narrowest group holds the bulk of the weights
                var bits = OfBits(weights, "num_bits", weights.Size("num_bits"));
                if (!found || bits > precision)
                {
                    precision = bits;
                    fine = FineOf(weights, bits);
                }

                found = true;
            }
        }

        if (!found)
        {
            throw quantisation.Fault("config_groups", "has no group with weights");
        }

        // attention left out of the groups: only the experts are narrow
        var attentionKept = quantisation.TextsOrNone("ignore").Any(module => module.Contains("self_attn", StringComparison.Ordinal));
        return precision == OperandPrecision.Fp4 && attentionKept
            ? new ReleaseFormat(precision, OperandPrecision.Bf16, WeightFormat.Nvfp4Bytes, OperandPrecision.Bf16, fine)
            : Uniform(precision, fine);
    }

    private static ReleaseFormat ReadModelOptimizer(ConfigFields quantisation) => quantisation.Text("quant_algo") switch
    {
        "NVFP4" => Uniform(OperandPrecision.Fp4, OperandPrecision.Fp4),
        "FP8" => Uniform(OperandPrecision.Fp8, OperandPrecision.Fp8),
        "MIXED_PRECISION" => Uniform(OperandPrecision.Fp8, OperandPrecision.Fp8),
        null => throw quantisation.Fault("quant_algo", "is missing; known: NVFP4, FP8, MIXED_PRECISION"),
        var other => throw quantisation.Fault("quant_algo", $"is '{other}', which is not known; known: NVFP4, FP8, MIXED_PRECISION"),
    };

    private static ReleaseFormat Uniform(OperandPrecision precision, OperandPrecision fine) =>
        new(precision, null, WeightFormat.Nvfp4Bytes, fine, fine);

    private static OperandPrecision OfBits(ConfigFields fields, string name, int bits) => bits switch
    {
        4 => OperandPrecision.Fp4,
        8 => OperandPrecision.Fp8,
        16 => OperandPrecision.Bf16,
        _ => throw fields.Fault(name, $"must be 4, 8 or 16, found {bits}"),
    };

    // type is int or float; float of 4 bits has scales of 16 (NVFP4) or 32 values (MXFP4)
    private static OperandPrecision FineOf(ConfigFields weights, OperandPrecision bits) => bits switch
    {
        _ when weights.Text("type") == "int" => Integers(bits),
        OperandPrecision.Fp8 when weights.Text("strategy") == "block" => OperandPrecision.Fp8Block,
        OperandPrecision.Fp4 when weights.SizeOr("group_size", 16) == 32 => OperandPrecision.Mxfp4,
        _ => bits,
    };

    private static OperandPrecision Integers(OperandPrecision bits) => bits switch
    {
        OperandPrecision.Fp4 => OperandPrecision.Int4,
        OperandPrecision.Fp8 => OperandPrecision.Int8,
        _ => bits,
    };
}
