"""What the help page says: examples of searches, keys of the map, and the words of the field."""

from layers.layer import N_

SEARCHES = (
    ("125/12 Vũng Tàu", N_("Thửa 125, tờ 12 ở phường Vũng Tàu. Tên phường cũ cũng được.")),
    ("thua 125 to 12 p thang tam", N_("Không dấu, viết tắt P. Q. TP. TT. đều tìm được.")),
    ("Lê Lợi", N_("Đường, địa chỉ, trường, chợ, trạm và nơi khác có tên này.")),
    ("1145000 427000", N_("Tọa độ phẳng: X (Bắc) trước, Y (Đông) sau.")),
    ("10.3532, 107.0852", N_("Vĩ độ và kinh độ WGS 84.")),
    ("ngập lụt", N_("Lớp bản đồ.")),
)
"""What one may type, and what it finds."""

KEYS = (
    ("/", N_("Tìm")),
    ("?", N_("Xem bảng phím này")),
    ("F6, Shift+F6", N_("Sang vùng sau, vùng trước của trang")),
    ("← ↑ → ↓", N_("Trên bản đồ: dời bản đồ. Trong danh sách: lên, xuống")),
    ("+ −", N_("Phóng to, thu nhỏ bản đồ")),
    ("Enter", N_("Chọn ở dấu chữ thập; mở dòng đang chọn")),
    ("[ ]", N_("Đối tượng trước, sau ở cùng điểm")),
    ("M", N_("Đo")),
    ("Esc", N_("Đóng thẻ, danh sách hoặc hộp")),
)
"""The keys of the map with what they do, in the words of the map's own list."""

WORDS = (
    (
        N_("Thửa đất"),
        N_("Phần đất có ranh giới riêng trên bản đồ địa chính."),
    ),
    (
        N_("Tờ bản đồ"),
        N_("Một tờ của bản đồ địa chính. Số thửa chỉ không trùng trong cùng một tờ."),
    ),
    (
        N_("Mã định danh thửa đất"),
        N_("12 ký tự chỉ vị trí của thửa, cấp một lần và giữ mãi cho thửa đó."),
    ),
    (N_("Loại đất"), N_("Mục đích mà Nhà nước cho dùng đất, có mã như ODT (đất ở tại đô thị).")),
    (
        N_("Diện tích trên giấy"),
        N_("Diện tích ghi trên giấy chứng nhận. Diện tích đo trên bản đồ có thể khác."),
    ),
    (N_("Quy hoạch"), N_("Dự định đã được duyệt về việc dùng đất ở một nơi trong những năm tới.")),
    (N_("Mật độ xây dựng"), N_("Phần trăm diện tích đất mà nhà được chiếm.")),
    (N_("Hệ số sử dụng đất"), N_("Tổng diện tích sàn gấp mấy lần diện tích đất.")),
    (N_("Lộ giới"), N_("Chiều rộng của đường, kể cả phần đất sẽ mở đường.")),
    (N_("Chỉ giới xây dựng"), N_("Đường mà nhà không được xây vượt qua.")),
    (N_("VN-2000"), N_("Hệ tọa độ quốc gia. Giấy tờ đất ghi X là Bắc, Y là Đông.")),
)
"""Words of the field in plain language."""
