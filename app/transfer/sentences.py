"""What an import says: a machine code and a sentence for everything that can be wrong with a file or a row.

Sentences are Vietnamese message ids with values in braces; the edge says them in the reader's language.
"""

from layers.layer import N_


class Refusal(Exception):  # noqa: N818 - what it is: the answer to a file, not a fault of the program
    """A file that cannot be imported as it is, or a command that does not fit it. Nothing is written.

    `code` stands in `REFUSALS`, whose sentence `values` fill.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


REFUSALS: dict[str, str] = {
    "not_found": N_("Không có tệp {name}."),
    "format_unknown": N_("Chưa nhập được tệp {name}. Các dạng nhập được: {formats}."),
    "unreadable": N_("Không đọc được tệp {name}. Chương trình đọc báo: {detail}"),
    "too_large": N_(
        "Tệp {name} nặng {size} MB, mà dạng {format} chỉ nhận đến {limit} MB. "
        "Đổi sang GeoPackage hoặc FlatGeobuf rồi nhập lại."
    ),
    "truncated": N_("Tệp {name} bị cụt, thiếu phần cuối. Chép lại tệp rồi nhập lại."),
    "too_deep": N_("Tệp {name} lồng nhau quá {limit} tầng nên không được đọc."),
    "zip_damaged": N_("Tệp nén {name} bị hỏng. Nén lại rồi nhập lại."),
    "zip_empty": N_("Tệp nén {name} không chứa tệp nào."),
    "zip_encrypted": N_("Tệp nén {name} có mật khẩu. Bỏ mật khẩu rồi nhập lại."),
    "zip_unsafe": N_("Tệp nén {name} chứa đường dẫn ra ngoài thư mục: {entry}. Không tệp nào được giải nén."),
    "zip_bomb": N_("Tệp nén {name} phình ra {size} MB, quá mức cho phép. Không tệp nào được giải nén."),
    "zip_crowded": N_("Tệp nén {name} chứa {count} tệp, quá {limit} tệp. Không tệp nào được giải nén."),
    "zip_without_data": N_("Tệp nén {name} không chứa dữ liệu nhập được. Các dạng nhập được: {formats}."),
    "several_sources": N_("{name} chứa nhiều lớp dữ liệu: {sources}. Chọn một lớp bằng --source."),
    "source_unknown": N_("{name} không có lớp dữ liệu {source}; có: {sources}."),
    "no_geometry": N_("{name} không có hình nào, chỉ có bảng số liệu."),
    "view_refused": N_("Lớp {source} của {name} không phải là bảng mà là câu truy vấn, nên không được đọc."),
    "shp_part_missing": N_("Shapefile {name} thiếu tệp {part}. Chép đủ .shp, .shx và .dbf."),
    "shp_length": N_(
        "Tệp .shp của {name} tự ghi dài {declared} byte nhưng có {actual} byte. Xuất lại tệp rồi nhập lại."
    ),
    "shp_index": N_("Tệp .shx của {name} không khớp tệp .shp. Xuất lại tệp rồi nhập lại."),
    "dbf_count": N_(
        "Tệp .dbf của {name} có {records} dòng nhưng tệp .shp có {shapes} hình. Xuất lại tệp rồi nhập lại."
    ),
    "dbf_damaged": N_("Tệp .dbf của {name} bị hỏng. Xuất lại tệp rồi nhập lại."),
    "crs_missing": N_("{name} không ghi hệ tọa độ. Thêm --crs, ví dụ --crs {example}."),
    "crs_unknown": N_("{name} ghi hệ tọa độ không hiểu được: {crs}. Thêm --crs, ví dụ --crs {example}."),
    "crs_deprecated": N_(
        "Hệ tọa độ {crs} đã bãi bỏ vì đảo trục. Thêm --crs với hệ đang dùng, ví dụ {example}."
    ),
    "encoding_missing": N_(
        "{name} có chữ ngoài bảng ASCII mà không ghi bảng mã. "
        "Xem cách đọc nào đúng rồi thêm --encoding:{previews}"
    ),
    "encoding_unknown": N_("Không có bảng mã {encoding}. Ví dụ: {examples}."),
    "encoding_wrong": N_("Chữ trong {name} không đọc được theo bảng mã {encoding}."),
    "column_unknown": N_("{name} không có cột {column}; có: {columns}."),
    "field_unknown": N_("Lớp {layer} không có trường {field}; có: {fields}."),
    "field_twice": N_("Trường {field} được gán hai lần."),
    "field_required": N_(
        "Chưa biết lấy trường {field} từ cột nào. Thêm --map cột={field} hoặc --set {field}=giá trị. "
        "Các cột của tệp: {columns}."
    ),
    "value_wrong": N_("Không gán được {value} cho trường {field}."),
    "layer_unknown": N_("Không có lớp {layer}. Các lớp: {layers}."),
    "layer_read_only": N_("Lớp {layer} lấy từ bảng khác nên không nhập vào được."),
    "reader_died": N_("Chương trình đọc dừng giữa chừng khi đọc {name} (mã {exit_code}). Chưa ghi gì."),
    "out_of_memory": N_("Không đủ bộ nhớ để đọc {name}. Đổi sang GeoPackage hoặc FlatGeobuf rồi nhập lại."),
    "reader_silent": N_("Chương trình đọc không trả lời sau {seconds} giây khi đọc {name}. Chưa ghi gì."),
    "layer_busy": N_(
        "Có người khác đang ghi vào lớp {layer}. Đã chờ {seconds} giây. Nhập lại sau; chưa ghi gì."
    ),
    "database_refused": N_("Cơ sở dữ liệu không nhận dữ liệu này: {detail} Chưa ghi gì."),
}

REASONS: dict[str, str] = {
    "geometry_missing": N_("Không có hình, hoặc hình thuộc loại không đọc được."),
    "geometry_empty": N_("Hình không có điểm nào."),
    "geometry_unreadable": N_("Hình không đọc được."),
    "geometry_type": N_("Hình là {found}, mà lớp này cần {wanted}."),
    "several_parts": N_("Hình gồm {parts} phần, mà lớp này cần một. Tách thành nhiều dòng rồi nhập lại."),
    "too_many_vertices": N_("Hình có {count} đỉnh, quá {limit} đỉnh."),
    "coordinates_not_finite": N_("Tọa độ không phải là số."),
    "metres_as_degrees": N_(
        "Tọa độ tính bằng mét nhưng tệp ghi hệ kinh vĩ độ {crs}. Thêm --crs với hệ đúng."
    ),
    "degrees_as_metres": N_(
        "Tọa độ tính bằng độ nhưng tệp ghi hệ tính bằng mét {crs}. Thêm --crs EPSG:4326."
    ),
    "axes_swapped": N_("Hai trục tọa độ bị đảo: ({x}, {y}) phải là ({y}, {x}). Đảo lại rồi nhập lại."),
    "outside_crs": N_("Tọa độ ({x}, {y}) nằm ngoài phạm vi của hệ {crs}."),
    "outside_area": N_("Vị trí ({x}, {y}) nằm ngoài vùng dùng hệ tọa độ {crs} của nơi này."),
    "ring_not_closed": N_("Đường bao chưa khép kín."),
    "ring_too_short": N_("Đường bao có ít hơn bốn điểm."),
    "zero_area": N_("Hình hẹp dưới 1 mm, coi như không có diện tích."),
    "zero_length": N_("Đường có chiều dài bằng không."),
    "self_intersection": N_("Đường bao tự cắt."),
    "ring_self_intersection": N_("Đường bao tự chạm hoặc đi qua một điểm hai lần."),
    "hole_outside_shell": N_("Lỗ nằm ngoài đường bao."),
    "nested_holes": N_("Lỗ nằm trong lỗ."),
    "nested_shells": N_("Hai phần của hình chồng lên nhau."),
    "interior_disconnected": N_("Các lỗ chia cắt phần trong của hình."),
    "duplicate_rings": N_("Hai đường bao trùng nhau."),
    "geometry_invalid": N_("Hình sai: {detail}."),
    "value_missing": N_("Trường {field} bắt buộc phải có mà để trống."),
    "value_not_number": N_("Trường {field} cần số, không phải “{value}”."),
    "value_not_integer": N_("Trường {field} cần số nguyên, không phải “{value}”."),
    "value_not_boolean": N_("Trường {field} cần có hoặc không, không phải “{value}”."),
    "value_not_date": N_("Trường {field} cần ngày dạng 2026-03-05, không phải “{value}”."),
    "value_below_minimum": N_("Trường {field} phải từ {limit} trở lên, mà ghi {value}."),
    "value_above_maximum": N_("Trường {field} chỉ đến {limit}, mà ghi {value}."),
    "code_unknown": N_("Trường {field} không có mã “{value}”."),
    "duplicate_key": N_("Trùng {fields} ({values}) với dòng {row} của {file}."),
    "duplicate_existing": N_("Trùng {fields} ({values}) với đối tượng đã có."),
}

NOTES: dict[str, str] = {
    "z_dropped": N_("{count} hình có cao độ hoặc số đo kèm theo điểm; chỉ giữ tọa độ phẳng."),
    "repeated_points": N_("{count} hình có điểm lặp liền nhau; đã bỏ điểm lặp."),
    "code_emptied": N_("{count} dòng có mã ngoài danh mục ở trường {field}; trường đó để trống: {values}."),
    "crs_overridden": N_("{name} ghi hệ {declared}; đã dùng {used} theo --crs."),
    "encoding_not_needed": N_("{name} là dạng tệp luôn dùng UTF-8; bỏ qua --encoding."),
    "columns_unused": N_("Các cột không dùng của {name}: {columns}."),
}
